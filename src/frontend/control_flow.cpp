// SPDX-License-Identifier: MIT
// Jumps and return.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

/// RESUME looks at the eval breaker, but not when it resumes a `yield from` or an `await` (argument 2 and 3). That is
/// all that it does: code that is left there goes on behind it.
void Handlers::resume(Translation& t, const Instruction& i) {
    if (i.argument < 2) {
        t.build_.checkPending(t.snapshotAt(i.next));
    }
}

void Handlers::jump(Translation& t, const Instruction& i) {
    if (t.isBackward(i)) {
        t.checkBackEdge(i.target);
    }
    t.jumpTo(i.target);
}

/// In an `await` the eval breaker is not looked at.
void Handlers::jumpWithoutCheck(Translation& t, const Instruction& i) {
    t.jumpTo(i.target);
}

void Handlers::conditionalJump(Translation& t, const Instruction& i, hir::ValueId condition, bool jumpIf) {
    hir::Target taken = t.isBackward(i) ? t.backwardTarget(i.target) : t.targetAt(i.target);
    hir::Target next = t.targetAt(i.next);
    if (jumpIf) {
        t.build_.branch(condition, std::move(taken), std::move(next));
    } else {
        t.build_.branch(condition, std::move(next), std::move(taken));
    }
    t.ended_ = true;
}

template <bool kJumpIf>
void Handlers::popJumpIf(Translation& t, const Instruction& i) {
    hir::ValueId value = t.pop();
    hir::ValueId condition = t.build_.truth(value, t.site(), t.seen().left, t.snapshotHere());
    conditionalJump(t, i, condition, kJumpIf);
}

template <bool kJumpIfNone>
void Handlers::popJumpIfNone(Translation& t, const Instruction& i) {
    hir::ValueId value = t.pop();
    conditionalJump(t, i, t.build_.isNone(value, t.snapshotHere()), kJumpIfNone);
}

/// The value stays on the stack when the jump is taken.
template <bool kJumpIf>
void Handlers::jumpIfOrPop(Translation& t, const Instruction& i) {
    hir::ValueId value = t.peek(0);
    hir::ValueId copy = t.build_.incRef(value);
    hir::ValueId condition = t.build_.truth(copy, t.site(), t.seen().left, t.snapshotHere());
    hir::Target taken = t.targetAt(i.target);
    hir::BlockId source = t.build_.block();
    hir::BlockId edge = t.function_.addBlock();
    t.build_.setBlock(edge);
    t.pop();
    t.build_.decRef(value, t.snapshotAt(i.next));
    t.jumpTo(i.next);
    t.build_.setBlock(source);
    hir::Target popped{edge, {}};
    if (kJumpIf) {
        t.build_.branch(condition, std::move(taken), std::move(popped));
    } else {
        t.build_.branch(condition, std::move(popped), std::move(taken));
    }
}

void Handlers::returnValue(Translation& t, const Instruction&) {
    hir::SnapshotId here = t.snapshotHere();
    t.build_.return_(t.pop(), here);
    t.ended_ = true;
}

template void Handlers::popJumpIf<true>(Translation&, const Instruction&);
template void Handlers::popJumpIf<false>(Translation&, const Instruction&);
template void Handlers::popJumpIfNone<true>(Translation&, const Instruction&);
template void Handlers::popJumpIfNone<false>(Translation&, const Instruction&);
template void Handlers::jumpIfOrPop<true>(Translation&, const Instruction&);
template void Handlers::jumpIfOrPop<false>(Translation&, const Instruction&);

}  // namespace pyjion::frontend
