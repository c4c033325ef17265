// SPDX-License-Identifier: MIT
// Doubles: IEEE arithmetic as CIL has it; division by zero is Python's to raise.
#include "hir/constants.h"
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"

namespace pyjion::lower {

using cil::Opcode;
using deopt::Reason;

void Lowering::visit(hir::DoubleAdd i) {
    push(i.left());
    push(i.right());
    op(Opcode::Add);
    pop(i.result());
}

void Lowering::visit(hir::DoubleSubtract i) {
    push(i.left());
    push(i.right());
    op(Opcode::Sub);
    pop(i.result());
}

void Lowering::visit(hir::DoubleMultiply i) {
    push(i.left());
    push(i.right());
    op(Opcode::Mul);
    pop(i.result());
}

void Lowering::visit(hir::CheckedMath i) {
    push(i.input());
    cil_.ldcI8(static_cast<int64_t>(i.function()));
    callHelper(runtime::Helper::MathFunction);
    pop(i.result());
    push(i.result());
    push(i.result());
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::MathOutside, i.origin()));
}

/// What stands for an int is left when it gets large, see hir::kWholeBits. (Its square is below that of the limit,
/// which is exact, just if it is itself.) Adding zero makes 0.0 of -0.0.
void Lowering::visit(hir::CheckedWhole i) {
    constexpr auto kEnd = static_cast<double>(int64_t{1} << hir::kWholeBits);
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::IntTooBig, i.origin());
    cil::LabelId done = cil_.newLabel();
    push(i.input());
    pop(i.result());
    push(i.whole());
    cil_.branch(Opcode::Brfalse, done);
    push(i.input());
    push(i.input());
    op(Opcode::Mul);
    cil_.ldcR8(kEnd * kEnd);
    cil_.branch(Opcode::Bge, exit);
    push(i.input());
    cil_.ldcR8(0.0);
    op(Opcode::Add);
    pop(i.result());
    cil_.bind(done);
}

void Lowering::visit(hir::DoubleNegate i) {
    push(i.input());
    op(Opcode::Neg);
    pop(i.result());
}

void Lowering::leaveOnZero(hir::ValueId divisor, cil::LabelId exit) {
    const hir::Instr* instr = definition(divisor);
    if (instr != nullptr && instr->opcode == hir::Opcode::ConstDouble && instr->immediates[0].real != 0) {
        return;
    }
    push(divisor);
    cil_.ldcR8(0.0);
    cil_.branch(Opcode::Beq, exit);
}

void Lowering::visit(hir::CheckedDoubleTrueDivide i) {
    leaveOnZero(i.right(), exits_.before(i.snapshot(), Reason::DivisionByZero, i.origin()));
    push(i.left());
    push(i.right());
    op(Opcode::Div);
    pop(i.result());
}

void Lowering::visit(hir::CheckedDoubleFloorDivide i) {
    leaveOnZero(i.right(), exits_.before(i.snapshot(), Reason::DivisionByZero, i.origin()));
    push(i.left());
    push(i.right());
    callHelper(runtime::Helper::DoubleFloorDivide);
    pop(i.result());
}

void Lowering::visit(hir::CheckedDoubleModulo i) {
    leaveOnZero(i.right(), exits_.before(i.snapshot(), Reason::DivisionByZero, i.origin()));
    push(i.left());
    push(i.right());
    callHelper(runtime::Helper::DoubleModulo);
    pop(i.result());
}

void Lowering::visit(hir::CheckedDoublePower i) {
    push(i.left());
    push(i.right());
    callHelper(runtime::Helper::DoublePower);
    pop(i.result());
    push(i.result());
    push(i.result());
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::PowerOutside, i.origin()));
}

void Lowering::visit(hir::DoubleCompare i) {
    compareAsValue(i, i.left(), i.right(), i.op(), true);
}

}  // namespace pyjion::lower
