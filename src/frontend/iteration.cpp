// SPDX-License-Identifier: MIT
// Iteration: GET_ITER, and FOR_ITER, which ends its block.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

void Handlers::getIter(Translation& t, const Instruction&) {
    hir::ValueId input = t.pop();
    t.push(t.build_.getIter(input, t.site(), t.seen().left, t.snapshotHere()));
}

/// The iterator stays on the stack while there are values; at its end it is released on the way out.
void Handlers::forIter(Translation& t, const Instruction& i) {
    hir::ValueId iterator = t.peek(0);
    hir::ValueId next = t.build_.iterNext(iterator, t.site(), t.seen().left, t.snapshotHere());
    hir::ValueId atEnd = t.build_.isNull(next);
    hir::BlockId source = t.build_.block();
    std::vector<hir::ValueId> stack = t.stack_;

    hir::BlockId body = t.function_.addBlock();
    t.build_.setBlock(body);
    t.push(t.build_.assumeNotNull(next));
    t.jumpTo(i.next);

    t.stack_ = std::move(stack);
    hir::BlockId end = t.function_.addBlock();
    t.build_.setBlock(end);
    t.pop();
    t.build_.decRef(iterator, t.snapshotAt(i.target));
    t.jumpTo(i.target);

    t.build_.setBlock(source);
    t.build_.branch(atEnd, {end, {}}, {body, {}});
}

}  // namespace pyjion::frontend
