// SPDX-License-Identifier: MIT
// Rules for unboxed integers: operations on constants are computed here, exactly as Python defines them, when the
// result is one that is kept unboxed. What would leave at run time stays.
#include <cstdint>

#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::CompareOperator;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

constexpr int64_t kLimit = int64_t{1} << 62;        // integers in [-2^62, 2^62) are kept unboxed
constexpr int64_t kDoubleLimit = int64_t{1} << 53;  // up to here every integer is a double

bool fits(int64_t value) {
    return value >= -kLimit && value < kLimit;
}
bool fitsDouble(int64_t value) {
    return value >= -kDoubleLimit && value <= kDoubleLimit;
}

/// Python's // rounds down, C++'s / towards zero.
int64_t floorDivide(int64_t left, int64_t right) {
    int64_t quotient = left / right;
    bool inexact = left % right != 0;
    return inexact && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}

std::optional<int64_t> compute(Opcode opcode, int64_t left, int64_t right) {
    if (!fits(left) || !fits(right)) {
        return std::nullopt;
    }
    int64_t result = 0;
    switch (opcode) {
        case Opcode::CheckedIntAdd:
        case Opcode::IntAddUnchecked:
            result = left + right;  // no overflow: both have 62 bits
            break;
        case Opcode::CheckedIntSubtract:
            result = left - right;
            break;
        case Opcode::CheckedIntMultiply:
            if (__builtin_mul_overflow(left, right, &result)) {
                return std::nullopt;
            }
            break;
        case Opcode::CheckedIntFloorDivide:
            if (right == 0) {
                return std::nullopt;
            }
            result = floorDivide(left, right);
            break;
        case Opcode::CheckedIntModulo:
            if (right == 0) {
                return std::nullopt;
            }
            result = left - floorDivide(left, right) * right;
            break;
        case Opcode::IntAnd:
            result = left & right;
            break;
        case Opcode::IntOr:
            result = left | right;
            break;
        case Opcode::IntXor:
            result = left ^ right;
            break;
        default:
            return std::nullopt;
    }
    return fits(result) ? std::optional(result) : std::nullopt;
}

/// Turn this: v2: Int64 = CheckedIntAdd v0, v1                        (both constant)
/// Into this: v2: Int64 = ConstInt ...
Rewritten arithmeticOfConstants(Rewriter& rewriter, InstrId id) {
    const hir::Instr& instr = rewriter.function.instrs[id];
    std::optional<int64_t> left = rewriter.constantInt(instr.operands[0]);
    std::optional<int64_t> right = rewriter.constantInt(instr.operands[1]);
    if (!left || !right) {
        return std::nullopt;
    }
    std::optional<int64_t> result = compute(instr.opcode, *left, *right);
    return result ? Rewritten(rewriter.builder.constInt(*result)) : std::nullopt;
}

/// Turn this: v2: Double = CheckedIntTrueDivide v0, v1                (both constant and exact as doubles)
/// Into this: v2: Double = ConstDouble ...
Rewritten trueDivideOfConstants(Rewriter& rewriter, InstrId id) {
    hir::CheckedIntTrueDivide instr(rewriter.function, id);
    std::optional<int64_t> left = rewriter.constantInt(instr.left());
    std::optional<int64_t> right = rewriter.constantInt(instr.right());
    if (!left || !right || *right == 0 || !fitsDouble(*left) || !fitsDouble(*right)) {
        return std::nullopt;
    }
    return rewriter.builder.constDouble(static_cast<double>(*left) / static_cast<double>(*right));
}

/// Turn this: v1: Int64 = CheckedIntNegate v0                         (constant)
/// Into this: v1: Int64 = ConstInt ...
Rewritten negateOfConstant(Rewriter& rewriter, InstrId id) {
    std::optional<int64_t> input = rewriter.constantInt(hir::CheckedIntNegate(rewriter.function, id).input());
    bool good = input && fits(*input) && fits(-*input);
    return good ? Rewritten(rewriter.builder.constInt(-*input)) : std::nullopt;
}

/// Turn this: v1: Double = CheckedIntToDouble v0                      (constant, exact as a double)
/// Into this: v1: Double = ConstDouble ...
Rewritten toDoubleOfConstant(Rewriter& rewriter, InstrId id) {
    std::optional<int64_t> input = rewriter.constantInt(hir::CheckedIntToDouble(rewriter.function, id).input());
    bool good = input && fitsDouble(*input);
    return good ? Rewritten(rewriter.builder.constDouble(static_cast<double>(*input))) : std::nullopt;
}

bool compare(CompareOperator op, int64_t left, int64_t right) {
    switch (op) {
        case CompareOperator::Less:
            return left < right;
        case CompareOperator::LessEqual:
            return left <= right;
        case CompareOperator::Equal:
            return left == right;
        case CompareOperator::NotEqual:
            return left != right;
        case CompareOperator::Greater:
            return left > right;
        case CompareOperator::GreaterEqual:
            return left >= right;
    }
    return false;
}

/// Turn this: v2: Bool = IntCompare v0, v1, operator Less             (both constant, or the same value)
/// Into this: v2: Bool = ConstBool ...
Rewritten compareOfConstants(Rewriter& rewriter, InstrId id) {
    hir::IntCompare instr(rewriter.function, id);
    if (instr.left() == instr.right()) {
        return rewriter.builder.constBool(compare(instr.op(), 0, 0));
    }
    std::optional<int64_t> left = rewriter.constantInt(instr.left());
    std::optional<int64_t> right = rewriter.constantInt(instr.right());
    if (!left || !right) {
        return std::nullopt;
    }
    return rewriter.builder.constBool(compare(instr.op(), *left, *right));
}

constexpr Rule kRules[] = {
    {Opcode::CheckedIntAdd, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::CheckedIntSubtract, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::CheckedIntMultiply, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::CheckedIntFloorDivide, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::CheckedIntModulo, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::IntAnd, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::IntOr, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::IntXor, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::IntAddUnchecked, "int_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::CheckedIntTrueDivide, "int_true_divide_of_constants", trueDivideOfConstants},
    {Opcode::CheckedIntNegate, "int_negate_of_constant", negateOfConstant},
    {Opcode::CheckedIntToDouble, "int_to_double_of_constant", toDoubleOfConstant},
    {Opcode::IntCompare, "int_compare_of_constants", compareOfConstants},
};

}  // namespace

std::span<const Rule> integerRules() {
    return kRules;
}

}  // namespace pyjion::passes
