// SPDX-License-Identifier: MIT
// Rules for truth values and branches. Truth, IsOp and IsNone release their operands; so do the replacements. Only
// plain data is handled: releasing anything else can run a finalizer, and the exit behind that belongs to the
// instruction.
#include "passes/number_source.h"
#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::CompareOperator;
using hir::InstrId;
using hir::Opcode;
using hir::Type;
using hir::ValueId;

namespace {

ValueId truthOfNumber(Rewriter& rewriter, ValueId number) {
    Type type = rewriter.typeOf(number);
    if (type == hir::kInt64) {
        return rewriter.builder.intCompare(number, rewriter.builder.constInt(0), CompareOperator::NotEqual);
    }
    if (type == hir::kDouble) {
        return rewriter.builder.doubleCompare(number, rewriter.builder.constDouble(0.0), CompareOperator::NotEqual);
    }
    return number;
}

std::optional<bool> truthOfConstant(const ConstantFact* fact) {
    if (fact == nullptr) {
        return std::nullopt;
    }
    return fact->kind == ConstantFact::Kind::Double ? fact->real != 0 : fact->integer != 0;
}

/// Turn this: v1: Bool = Truth v0                                     (v0 = BoxBool v2)
/// Into this: DecRef v0                                               (and v2 for v1)
/// Turn this: v1: Bool = Truth v0                                     (v0 = BoxInt v2)
/// Into this: v3: Int64 = ConstInt 0
///            v1: Bool = IntCompare v2, v3, operator NotEqual
///            DecRef v0
/// Turn this: v1: Bool = Truth v0                                     (v0 is a BoolExact)
/// Into this: v1: Bool = UnboxBool v0
///            DecRef v0
/// Turn this: v1: Bool = Truth v0                                     (v0 is a NoneExact)
/// Into this: v1: Bool = ConstBool false
///            DecRef v0
Rewritten truthOfKnown(Rewriter& rewriter, InstrId id) {
    ValueId input = hir::Truth(rewriter.function, id).input();
    Type type = rewriter.typeOf(input);
    if (!type.isSubtypeOf(hir::kPlainData)) {
        return std::nullopt;
    }
    NumberSource source = numberSource(rewriter.function, rewriter.facts, input);
    ValueId truth;
    if (source.unboxed.valid()) {
        truth = truthOfNumber(rewriter, source.unboxed);
    } else if (std::optional<bool> constant = truthOfConstant(source.constant)) {
        truth = rewriter.builder.constBool(*constant);
    } else if (type == hir::kBoolExact) {
        truth = rewriter.builder.unboxBool(input);
    } else if (type == hir::kFloatExact) {
        truth = truthOfNumber(rewriter, rewriter.builder.unboxDouble(input));
    } else if (type == hir::kNoneExact) {
        truth = rewriter.builder.constBool(false);
    } else {
        return std::nullopt;
    }
    rewriter.builder.decRef(input);
    return truth;
}

/// Turn this: v1: Bool = IsNone v0                                    (v0 is a NoneExact; a LongExact)
/// Into this: v1: Bool = ConstBool true; false
///            DecRef v0
Rewritten isNoneOfKnown(Rewriter& rewriter, InstrId id) {
    ValueId input = hir::IsNone(rewriter.function, id).input();
    Type type = rewriter.typeOf(input);
    bool known = type == hir::kNoneExact || !type.mayBe(hir::kNoneExact);
    if (!known || !type.isSubtypeOf(hir::kPlainData)) {
        return std::nullopt;
    }
    ValueId result = rewriter.builder.constBool(type == hir::kNoneExact);
    rewriter.builder.decRef(input);
    return result;
}

/// Turn this: v2: Bool = IsOp v0, v1, negated false                   (both NoneExact, or types without a common value)
/// Into this: v2: Bool = ConstBool true; false
///            DecRef v0
///            DecRef v1
Rewritten isOpOfKnown(Rewriter& rewriter, InstrId id) {
    hir::IsOp instr(rewriter.function, id);
    Type left = rewriter.typeOf(instr.left());
    Type right = rewriter.typeOf(instr.right());
    bool same = left == hir::kNoneExact && right == hir::kNoneExact;
    if ((!same && left.mayBe(right)) || !(left | right).isSubtypeOf(hir::kPlainData)) {
        return std::nullopt;
    }
    ValueId leftValue = instr.left();
    ValueId rightValue = instr.right();
    ValueId result = rewriter.builder.constBool(same != instr.negated());
    rewriter.builder.decRef(leftValue);
    rewriter.builder.decRef(rightValue);
    return result;
}

CompareOperator negated(CompareOperator op) {
    switch (op) {
        case CompareOperator::Less:
            return CompareOperator::GreaterEqual;
        case CompareOperator::LessEqual:
            return CompareOperator::Greater;
        case CompareOperator::Equal:
            return CompareOperator::NotEqual;
        case CompareOperator::NotEqual:
            return CompareOperator::Equal;
        case CompareOperator::Greater:
            return CompareOperator::LessEqual;
        case CompareOperator::GreaterEqual:
            return CompareOperator::Less;
    }
    return op;
}

/// Turn this: v1: Bool = BoolNot v0                                   (v0 constant)
/// Into this: v1: Bool = ConstBool ...
/// Turn this: v1: Bool = BoolNot v0                                   (v0 = BoolNot v2)
/// Into this: v2
/// Turn this: v1: Bool = BoolNot v0                                   (v0 = IntCompare v2, v3, operator Less)
/// Into this: v1: Bool = IntCompare v2, v3, operator GreaterEqual
/// Not so for doubles: every order with a NaN is false, and so is the opposite one.
Rewritten notOfKnown(Rewriter& rewriter, InstrId id) {
    ValueId input = hir::BoolNot(rewriter.function, id).input();
    if (std::optional<bool> constant = rewriter.constantBool(input)) {
        return rewriter.builder.constBool(!*constant);
    }
    if (InstrId inner = rewriter.definitionOf(input, Opcode::BoolNot); inner.valid()) {
        return hir::BoolNot(rewriter.function, inner).input();
    }
    if (InstrId inner = rewriter.definitionOf(input, Opcode::IntCompare); inner.valid()) {
        hir::IntCompare comparison(rewriter.function, inner);
        return rewriter.builder.intCompare(comparison.left(), comparison.right(), negated(comparison.op()));
    }
    return std::nullopt;
}

/// Turn this: Branch v0, block1(v1), block2                           (v0 = ConstBool true)
/// Into this: Jump block1(v1)
/// Turn this: Branch v0, block1(v1), block2                           (v0 = BoolNot v2)
/// Into this: Branch v2, block2, block1(v1)
Rewritten branchOnKnown(Rewriter& rewriter, InstrId id) {
    hir::Branch branch(rewriter.function, id);
    hir::Target ifTrue = branch.ifTrue();
    hir::Target ifFalse = branch.ifFalse();
    if (std::optional<bool> constant = rewriter.constantBool(branch.condition())) {
        hir::Target& taken = *constant ? ifTrue : ifFalse;
        rewriter.builder.jump(taken.block, std::move(taken.arguments));
        return ValueId();
    }
    if (InstrId inner = rewriter.definitionOf(branch.condition(), Opcode::BoolNot); inner.valid()) {
        ValueId condition = hir::BoolNot(rewriter.function, inner).input();
        rewriter.builder.branch(condition, std::move(ifFalse), std::move(ifTrue));
        return ValueId();
    }
    return std::nullopt;
}

/// Turn this: v1: Bool = BoolNot v0
///            v2: Bool = BoolNot v1
/// Into this: v1: Bool = BoolNot v0                                   (and v0 for v2)
Rewritten notOfNot(Rewriter& rewriter, InstrId id) {
    InstrId inner = rewriter.definitionOf(hir::BoolNot(rewriter.function, id).input(), Opcode::BoolNot);
    return inner.valid() ? Rewritten(hir::BoolNot(rewriter.function, inner).input()) : std::nullopt;
}

/// Turn this: v1: Bool = BoolAnd v0, v2                               (v0 = ConstBool true; false)
/// Into this: v2; v0
/// The same with v2, and when both are one.
Rewritten bothOfKnown(Rewriter& rewriter, InstrId id) {
    const hir::BoolAnd both(rewriter.function, id);
    const std::optional<bool> left = rewriter.constantBool(both.left());
    if (left == true || both.left() == both.right()) {
        return both.right();
    }
    return left == false || rewriter.constantBool(both.right()) == true ? Rewritten(both.left())
           : rewriter.constantBool(both.right()) == false               ? Rewritten(both.right())
                                                                        : std::nullopt;
}

constexpr Rule kRules[] = {
    {Opcode::BoolAnd, "both_of_known", bothOfKnown},     {Opcode::Truth, "truth_of_known", truthOfKnown},
    {Opcode::IsNone, "is_none_of_known", isNoneOfKnown}, {Opcode::IsOp, "is_of_known", isOpOfKnown},
    {Opcode::BoolNot, "not_of_known", notOfKnown},       {Opcode::BoolNot, "not_of_not", notOfNot},
    {Opcode::Branch, "branch_on_known", branchOnKnown},
};

}  // namespace

std::span<const Rule> truthRules() {
    return kRules;
}

}  // namespace pyjion::passes
