// SPDX-License-Identifier: MIT
// Unboxed integers. The invariant that makes the checks short: every Int64 value that stands for a Python int lies in
// [-2^62, 2^62). A sum or difference of two such values cannot wrap, so one test of the result is enough.
#include <bit>

#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"

namespace pyjion::lower {

using cil::Opcode;
using deopt::Reason;

/// x and 2x differ in sign exactly when x is outside: no constant, one scratch register (lea; xor; jl).
void Lowering::checkRange(cil::LocalId local, cil::LabelId exit) {
    cil_.ldloc(local);
    cil_.ldloc(local);
    op(Opcode::Add);
    cil_.ldloc(local);
    op(Opcode::Xor);
    cil_.ldcI8(0);
    cil_.branch(Opcode::Blt, exit);
}

void Lowering::addOrSubtract(hir::InstrView i, hir::ValueId left, hir::ValueId right, Opcode opcode) {
    push(left);
    push(right);
    op(opcode);
    pop(i.result());
    checkRange(localOf(i.result()), exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
}

void Lowering::visit(hir::CheckedIntAdd i) {
    addOrSubtract(i, i.left(), i.right(), Opcode::Add);
}

void Lowering::visit(hir::CheckedIntSubtract i) {
    addOrSubtract(i, i.left(), i.right(), Opcode::Sub);
}

void Lowering::combineBits(hir::InstrView i, Opcode opcode) {
    push(i.instr().operands[0]);
    push(i.instr().operands[1]);
    op(opcode);
    pop(i.instr().result);
}

void Lowering::visit(hir::IntAnd i) {
    combineBits(i, Opcode::And);
}
void Lowering::visit(hir::IntOr i) {
    combineBits(i, Opcode::Or);
}
void Lowering::visit(hir::IntXor i) {
    combineBits(i, Opcode::Xor);
}

void Lowering::visit(hir::IntAddUnchecked i) {
    push(i.left());
    push(i.right());
    op(Opcode::Add);
    pop(i.result());
}

/// By a constant of up to 2^k: the other factor must lie in ±2^(62-k), which shifting tells without a 64-bit constant.
/// That leaves a little early when the constant is no power of two; the interpreter then multiplies. Otherwise the
/// square of the product of the factors as doubles tells, which has no sign: the product is off by less than 2^-51 of
/// itself, the square by 2^-53 more, so below 2^124 (1 - 2^-49) the true product is within ±2^62. (RyuJIT has no
/// 128-bit product, and would turn Math.Abs into a call where it gives up optimising.)
void Lowering::visit(hir::CheckedIntMultiply i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::IntTooBig, i.origin());
    std::optional<int64_t> constant = constantInt(i.right());
    hir::ValueId factor = i.left();
    if (!constant) {
        constant = constantInt(i.left());
        factor = i.right();
    }
    if (constant && *constant > 0) {
        int bits = std::bit_width(static_cast<uint64_t>(*constant) - 1);
        push(factor);
        cil_.ldcI4(62 - bits);
        op(Opcode::Shr);
        cil_.ldcI8(1);
        op(Opcode::Add);
        cil_.ldcI8(1);
        cil_.branch(Opcode::BgtUn, exit);
    } else {
        cil::LocalId product = scratch(cil::Type::Double, "product");
        push(i.left());
        op(Opcode::ConvR8);
        push(i.right());
        op(Opcode::ConvR8);
        op(Opcode::Mul);
        cil_.stloc(product);
        cil_.ldloc(product);
        cil_.ldloc(product);
        op(Opcode::Mul);
        cil_.ldcR8(0x1p124 * (1 - 0x1p-49));
        cil_.branch(Opcode::BgeUn, exit);
    }
    push(i.left());
    push(i.right());
    op(Opcode::Mul);
    pop(i.result());
}

/// The divisor is neither 0 (Python raises) nor -1 (the quotient could leave the range).
void Lowering::checkedDivisor(hir::ValueId divisor, cil::LabelId exit) {
    std::optional<int64_t> constant = constantInt(divisor);
    if (constant && *constant != 0 && *constant != -1) {
        return;
    }
    push(divisor);
    cil_.ldcI8(1);
    op(Opcode::Add);
    cil_.ldcI8(1);
    cil_.branch(Opcode::BleUn, exit);
}

/// Floored, not truncated: one less when the remainder is not zero and the signs differ.
void Lowering::visit(hir::CheckedIntFloorDivide i) {
    std::optional<int64_t> constant = constantInt(i.right());
    if (constant && *constant > 0 && std::has_single_bit(static_cast<uint64_t>(*constant))) {
        push(i.left());
        cil_.ldcI4(std::countr_zero(static_cast<uint64_t>(*constant)));
        op(Opcode::Shr);
        pop(i.result());
        return;
    }
    checkedDivisor(i.right(), exits_.before(i.snapshot(), Reason::DivisionByZero, i.origin()));
    cil::LocalId rest = scratch(cil::Type::Int64, "rest");
    cil::LabelId done = cil_.newLabel();
    push(i.left());
    push(i.right());
    op(Opcode::Div);
    pop(i.result());
    push(i.left());
    push(i.result());
    push(i.right());
    op(Opcode::Mul);
    op(Opcode::Sub);
    cil_.stloc(rest);
    cil_.ldloc(rest);
    cil_.branch(Opcode::Brfalse, done);
    cil_.ldloc(rest);
    push(i.right());
    op(Opcode::Xor);
    cil_.ldcI8(0);
    cil_.branch(Opcode::Bge, done);
    push(i.result());
    cil_.ldcI8(1);
    op(Opcode::Sub);
    pop(i.result());
    cil_.bind(done);
}

/// The remainder takes the divisor's sign.
void Lowering::visit(hir::CheckedIntModulo i) {
    std::optional<int64_t> constant = constantInt(i.right());
    if (constant && *constant > 0 && std::has_single_bit(static_cast<uint64_t>(*constant))) {
        push(i.left());
        cil_.ldcI8(*constant - 1);
        op(Opcode::And);
        pop(i.result());
        return;
    }
    checkedDivisor(i.right(), exits_.before(i.snapshot(), Reason::DivisionByZero, i.origin()));
    cil::LabelId done = cil_.newLabel();
    push(i.left());
    push(i.right());
    op(Opcode::Rem);
    pop(i.result());
    push(i.result());
    cil_.branch(Opcode::Brfalse, done);
    push(i.result());
    push(i.right());
    op(Opcode::Xor);
    cil_.ldcI8(0);
    cil_.branch(Opcode::Bge, done);
    push(i.result());
    push(i.right());
    op(Opcode::Add);
    pop(i.result());
    cil_.bind(done);
}

/// Leaves unless |x| <= 2^53: such integers are doubles.
void Lowering::roundsToDouble(hir::ValueId input, cil::LabelId exit) {
    constexpr int64_t kExact = int64_t{1} << 53;
    std::optional<int64_t> constant = constantInt(input);
    if (constant && -kExact <= *constant && *constant <= kExact) {
        return;
    }
    push(input);
    cil_.ldcI8(kExact);
    op(Opcode::Add);
    cil_.ldcI8(2 * kExact);
    cil_.branch(Opcode::BgtUn, exit);
}

/// Both operands are exact as doubles, so that the division rounds once, as long_true_divide does.
void Lowering::visit(hir::CheckedIntTrueDivide i) {
    cil::LabelId tooBig = exits_.before(i.snapshot(), Reason::IntTooBig, i.origin());
    roundsToDouble(i.left(), tooBig);
    roundsToDouble(i.right(), tooBig);
    std::optional<int64_t> constant = constantInt(i.right());
    if (!constant || *constant == 0) {
        push(i.right());
        cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::DivisionByZero, i.origin()));
    }
    push(i.left());
    op(Opcode::ConvR8);
    push(i.right());
    op(Opcode::ConvR8);
    op(Opcode::Div);
    pop(i.result());
}

void Lowering::visit(hir::CheckedIntNegate i) {
    push(i.input());
    op(Opcode::Neg);
    pop(i.result());
    checkRange(localOf(i.result()), exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
}

void Lowering::visit(hir::CheckedIntToDouble i) {
    roundsToDouble(i.input(), exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
    push(i.input());
    op(Opcode::ConvR8);
    pop(i.result());
}

/// The negated forms of the complement: `a <= b` is not `a > b`, where "greater" must be true on a NaN for doubles.
void Lowering::compareAsValue(hir::InstrView i, hir::ValueId left, hir::ValueId right, hir::CompareOperator compare,
                              bool floats) {
    if (isFused(i.result())) {
        return;
    }
    push(left);
    push(right);
    bool negate = false;
    switch (compare) {
        case hir::CompareOperator::Less:
            op(Opcode::Clt);
            break;
        case hir::CompareOperator::Greater:
            op(Opcode::Cgt);
            break;
        case hir::CompareOperator::Equal:
            op(Opcode::Ceq);
            break;
        case hir::CompareOperator::NotEqual:
            op(Opcode::Ceq);
            negate = true;
            break;
        case hir::CompareOperator::LessEqual:
            op(floats ? Opcode::CgtUn : Opcode::Cgt);
            negate = true;
            break;
        case hir::CompareOperator::GreaterEqual:
            op(floats ? Opcode::CltUn : Opcode::Clt);
            negate = true;
            break;
    }
    if (negate) {
        cil_.ldcI4(0);
        op(Opcode::Ceq);
    }
    pop(i.result());
}

void Lowering::visit(hir::IntCompare i) {
    compareAsValue(i, i.left(), i.right(), i.op(), false);
}

void Lowering::visit(hir::BoolAnd i) {
    push(i.left());
    push(i.right());
    op(Opcode::And);
    pop(i.result());
}

void Lowering::visit(hir::BoolNot i) {
    push(i.input());
    cil_.ldcI4(0);
    op(Opcode::Ceq);
    pop(i.result());
}

}  // namespace pyjion::lower
