// SPDX-License-Identifier: MIT
// Operators and comparisons.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

void Handlers::binaryOp(Translation& t, const Instruction& i) {
    hir::ValueId right = t.pop();
    hir::ValueId left = t.pop();
    Seen seen = t.seen();
    t.push(t.build_.binaryOp(left, right, binaryOperatorFor(i.argument), t.site(), seen.left, seen.right,
                             t.snapshotHere()));
}

void Handlers::compareOp(Translation& t, const Instruction& i) {
    hir::ValueId right = t.pop();
    hir::ValueId left = t.pop();
    Seen seen = t.seen();
    t.push(t.build_.compareOp(left, right, static_cast<hir::CompareOperator>(i.argument), t.site(), seen.left,
                              seen.right, t.snapshotHere()));
}

void Handlers::isOp(Translation& t, const Instruction& i) {
    hir::ValueId right = t.pop();
    hir::ValueId left = t.pop();
    hir::ValueId same = t.build_.isOp(left, right, i.argument != 0, t.snapshotHere());
    t.push(t.build_.boxBool(same));
}

void Handlers::containsOp(Translation& t, const Instruction& i) {
    hir::ValueId container = t.pop();
    hir::ValueId item = t.pop();
    t.push(t.build_.containsOp(item, container, i.argument != 0, t.snapshotHere()));
}

template <hir::UnaryOperator kOperator>
void Handlers::unaryOp(Translation& t, const Instruction&) {
    hir::ValueId input = t.pop();
    t.push(t.build_.unaryOp(input, kOperator, t.site(), t.seen().left, t.snapshotHere()));
}

template void Handlers::unaryOp<hir::UnaryOperator::Negative>(Translation&, const Instruction&);
template void Handlers::unaryOp<hir::UnaryOperator::Positive>(Translation&, const Instruction&);
template void Handlers::unaryOp<hir::UnaryOperator::Invert>(Translation&, const Instruction&);
template void Handlers::unaryOp<hir::UnaryOperator::Not>(Translation&, const Instruction&);

}  // namespace pyjion::frontend
