// SPDX-License-Identifier: MIT
// Rules for unboxed doubles. IEEE 754 arithmetic on constants gives here what it gives at run time, except for the sign
// and payload of a NaN: results that are NaN are left to the machine.
#include <cmath>

#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::CompareOperator;
using hir::InstrId;
using hir::Opcode;

namespace {

std::optional<double> compute(Opcode opcode, double left, double right) {
    double result = 0;
    switch (opcode) {
        case Opcode::DoubleAdd:
            result = left + right;
            break;
        case Opcode::DoubleSubtract:
            result = left - right;
            break;
        case Opcode::DoubleMultiply:
            result = left * right;
            break;
        case Opcode::CheckedDoubleTrueDivide:
            if (right == 0) {
                return std::nullopt;  // leaves, to raise ZeroDivisionError
            }
            result = left / right;
            break;
        default:
            return std::nullopt;
    }
    return std::isnan(result) ? std::nullopt : std::optional(result);
}

/// Turn this: v2: Double = DoubleAdd v0, v1                           (both constant)
/// Into this: v2: Double = ConstDouble ...
Rewritten arithmeticOfConstants(Rewriter& rewriter, InstrId id) {
    const hir::Instr& instr = rewriter.function.instrs[id];
    std::optional<double> left = rewriter.constantDouble(instr.operands[0]);
    std::optional<double> right = rewriter.constantDouble(instr.operands[1]);
    if (!left || !right) {
        return std::nullopt;
    }
    std::optional<double> result = compute(instr.opcode, *left, *right);
    return result ? Rewritten(rewriter.builder.constDouble(*result)) : std::nullopt;
}

/// Turn this: v1: Double = DoubleNegate v0                            (constant)
/// Into this: v1: Double = ConstDouble ...
Rewritten negateOfConstant(Rewriter& rewriter, InstrId id) {
    std::optional<double> input = rewriter.constantDouble(hir::DoubleNegate(rewriter.function, id).input());
    bool good = input && !std::isnan(*input);
    return good ? Rewritten(rewriter.builder.constDouble(-*input)) : std::nullopt;
}

bool compare(CompareOperator op, double left, double right) {
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

/// Turn this: v2: Bool = DoubleCompare v0, v1, operator Less          (both constant)
/// Into this: v2: Bool = ConstBool ...
Rewritten compareOfConstants(Rewriter& rewriter, InstrId id) {
    hir::DoubleCompare instr(rewriter.function, id);
    std::optional<double> left = rewriter.constantDouble(instr.left());
    std::optional<double> right = rewriter.constantDouble(instr.right());
    if (!left || !right) {
        return std::nullopt;
    }
    return rewriter.builder.constBool(compare(instr.op(), *left, *right));
}

constexpr Rule kRules[] = {
    {Opcode::DoubleAdd, "double_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::DoubleSubtract, "double_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::DoubleMultiply, "double_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::CheckedDoubleTrueDivide, "double_arithmetic_of_constants", arithmeticOfConstants},
    {Opcode::DoubleNegate, "double_negate_of_constant", negateOfConstant},
    {Opcode::DoubleCompare, "double_compare_of_constants", compareOfConstants},
};

}  // namespace

std::span<const Rule> doubleRules() {
    return kRules;
}

}  // namespace pyjion::passes
