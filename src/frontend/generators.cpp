// SPDX-License-Identifier: MIT
// Generators, coroutines and asynchronous generators. Where one is suspended, compiled code returns; it is entered
// again at the resume point behind the instruction, with what was sent on the stack.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

/// Full code of a loop whose frame was taken over is left where the generator may be suspended: the interpreter does
/// it.
bool Translation::leavesBeforeSuspending() {
    if (input_.resumePoints || input_.suspends) {
        return false;
    }
    build_.deoptimise(hir::ExitReason::Suspending, snapshotHere());
    ended_ = true;
    return true;
}

void Handlers::returnGenerator(Translation& t, const Instruction& i) {
    if (t.leavesBeforeSuspending()) {
        return;
    }
    t.build_.returnGenerator(t.snapshotHere());
    t.addResumePoint(i.next, {hir::kObject});
    t.ended_ = true;
}

void Handlers::yieldValue(Translation& t, const Instruction& i) {
    if (t.leavesBeforeSuspending()) {
        return;
    }
    hir::SnapshotId here = t.snapshotHere();
    hir::ValueId value = t.pop();
    t.build_.yieldValue(value, t.stack_, here);
    std::vector<hir::Type> stack;
    for (hir::ValueId kept : t.stack_) {
        stack.push_back(t.typeOf(kept));
    }
    stack.push_back(hir::kObject);
    t.addResumePoint(i.next, stack);
    t.ended_ = true;
}

/// A value is pushed above the receiver, a result takes the receiver's place and ends the loop around the instruction.
void Handlers::send(Translation& t, const Instruction& i) {
    if (t.leavesBeforeSuspending()) {
        return;
    }
    hir::ValueId value = t.pop();
    hir::ValueId receiver = t.peek(0);
    const auto slot = static_cast<uint32_t>(t.stack_.size());
    hir::ValueId gave = t.build_.send(receiver, value, t.snapshotHere());
    hir::BlockId source = t.build_.block();
    std::vector<hir::ValueId> stack = t.stack_;

    hir::BlockId given = t.function_.addBlock();
    t.build_.setBlock(given);
    t.push(t.build_.takeStack(slot, hir::kObject));
    t.jumpTo(i.next);

    t.stack_ = std::move(stack);
    hir::BlockId end = t.function_.addBlock();
    t.build_.setBlock(end);
    t.peek(0) = t.build_.takeStack(slot, hir::kObject);
    t.build_.decRef(receiver, t.snapshotAt(i.target));
    t.build_.checkTracing(t.snapshotAt(i.target));
    t.jumpTo(i.target);

    t.build_.setBlock(source);
    t.build_.branch(gave, {given, {}}, {end, {}});
}

/// The loop of `yield from` does not look at the eval breaker.
void Handlers::jumpBackNoCheck(Translation& t, const Instruction& i) {
    t.jumpTo(i.target);
}

void Handlers::getYieldFromIter(Translation& t, const Instruction&) {
    hir::ValueId input = t.pop();
    t.push(t.build_.getYieldFromIter(input, t.snapshotHere()));
}

void Handlers::getAwaitable(Translation& t, const Instruction& i) {
    hir::ValueId input = t.pop();
    t.push(t.build_.getAwaitable(input, i.argument, t.snapshotHere()));
}

void Handlers::getAsyncIter(Translation& t, const Instruction&) {
    hir::ValueId input = t.pop();
    t.push(t.build_.getAsyncIter(input, t.snapshotHere()));
}

void Handlers::getAsyncNext(Translation& t, const Instruction&) {
    t.push(t.build_.getAsyncNext(t.peek(0), t.snapshotHere()));
}

void Handlers::endAsyncFor(Translation& t, const Instruction&) {
    hir::ValueId exception = t.pop();
    t.build_.endAsyncFor(exception, t.snapshotHere());
    hir::ValueId iterator = t.pop();
    t.build_.decRef(iterator, t.snapshotHere());
}

void Handlers::wrapAsyncValue(Translation& t, const Instruction&) {
    hir::ValueId input = t.pop();
    t.push(t.build_.wrapAsyncValue(input, t.snapshotHere()));
}

}  // namespace pyjion::frontend
