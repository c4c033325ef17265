// SPDX-License-Identifier: MIT
// Raising, handlers, and `with`. A handler's block is entered from outside, at its resume point: no edge of HIR leads
// there.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

/// The exception stays on the stack, above the one that was handled before.
void Handlers::pushExcInfo(Translation& t, const Instruction&) {
    hir::ValueId exception = t.pop();
    t.push(t.build_.pushExcInfo(t.build_.incRef(exception)));
    t.push(exception);
}

void Handlers::popExcept(Translation& t, const Instruction&) {
    hir::ValueId previous = t.pop();
    t.build_.popExcept(previous, t.snapshotHere());
}

void Handlers::checkExcMatch(Translation& t, const Instruction&) {
    hir::ValueId type = t.pop();
    t.push(t.build_.checkExcMatch(t.peek(0), type, t.snapshotHere()));
}

/// [exception, type] becomes [rest, match].
void Handlers::checkGroupMatch(Translation& t, const Instruction&) {
    hir::ValueId type = t.pop();
    hir::ValueId exception = t.pop();
    hir::ValueId match = t.build_.checkGroupMatch(exception, type, t.snapshotHere());
    t.push(t.build_.takeStack(static_cast<uint32_t>(t.stack_.size()), hir::kObject));
    t.push(match);
}

void Handlers::prepareReraise(Translation& t, const Instruction&) {
    hir::ValueId exceptions = t.pop();
    hir::ValueId original = t.pop();
    t.push(t.build_.prepareReraise(original, exceptions, t.snapshotHere()));
}

void Handlers::raise(Translation& t, const Instruction& i) {
    t.ended_ = true;
    if (i.argument == 0) {
        t.build_.raiseHandled(t.snapshotHere());
        return;
    }
    std::vector<hir::ValueId> values(t.stack_.end() - static_cast<ptrdiff_t>(i.argument), t.stack_.end());
    t.stack_.resize(t.stack_.size() - i.argument);
    t.build_.raise(std::move(values), t.snapshotHere());
}

/// The argument says how far below the exception the index of the instruction that raised it is; 0: it is not there.
void Handlers::reraise(Translation& t, const Instruction& i) {
    hir::ValueId exception = t.pop();
    std::vector<hir::ValueId> index;
    if (i.argument != 0) {
        index.push_back(t.peek(i.argument - 1));
    }
    t.build_.reraise(exception, std::move(index), t.snapshotHere());
    t.ended_ = true;
}

void Handlers::loadAssertionError(Translation& t, const Instruction&) {
    t.push(t.build_.loadAssertionError());
}

/// The method for leaving takes the place of the context manager before the one for entering is called.
template <bool kAsynchronous>
void Handlers::beforeWith(Translation& t, const Instruction&) {
    hir::ValueId manager = t.pop();
    hir::ValueId exitMethod = t.build_.lookUpContext(manager, kAsynchronous, t.snapshotHere());
    hir::ValueId enter = t.build_.takeStack(static_cast<uint32_t>(t.stack_.size()), hir::kObject);
    t.push(exitMethod);
    t.push(t.build_.callNoArguments(enter, t.snapshotHere()));
}

/// The stack: __exit__, index of the instruction that raised, exception handled before, exception.
void Handlers::withExceptStart(Translation& t, const Instruction&) {
    t.push(t.build_.withExceptStart(t.peek(3), t.peek(0), t.snapshotHere()));
}

template void Handlers::beforeWith<false>(Translation&, const Instruction&);
template void Handlers::beforeWith<true>(Translation&, const Instruction&);

}  // namespace pyjion::frontend
