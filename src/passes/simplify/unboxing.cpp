// SPDX-License-Identifier: MIT
// Rules for reading the number of an object whose number is at hand, and for numbers that are ints or floats.
#include "passes/number_source.h"
#include "passes/operand_unboxing.h"
#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::ValueId;

namespace {

/// Turn this: v1: own LongExact = BoxInt v0
///            v2: Int64 = UnboxInt v1
/// Into this: v1: own LongExact = BoxInt v0                           (and v0 for v2)
/// Turn this: v1: borrow LongExact = LoadConst 0
///            v2: Int64 = UnboxInt v1
/// Into this: v2: Int64 = ConstInt 5
/// The same for floats and bools, through guards and copies of the reference.
Rewritten unboxOfKnown(Rewriter& rewriter, InstrId id) {
    const hir::Instr& instr = rewriter.function.instrs[id];
    NumberSource source = numberSource(rewriter.function, rewriter.facts, instr.operands[0]);
    hir::Type wanted = rewriter.typeOf(instr.result);
    if (source.unboxed.valid()) {
        return rewriter.typeOf(source.unboxed) == wanted ? Rewritten(source.unboxed) : std::nullopt;
    }
    const NumberKind* kind = numberKindOf(wanted);
    if (source.constant == nullptr || source.constant->kind != kind->constant) {
        return std::nullopt;
    }
    return makeConstant(rewriter.builder, *source.constant);
}

/// The instruction that made an object of a double and of whether that is an int; invalid when none did.
InstrId numberMadeOf(const Rewriter& rewriter, ValueId object) {
    const InstrId definition = rewriter.function.values[objectBehind(rewriter.function, object)].definition;
    const bool isNumber = definition.valid() && rewriter.function.instrs[definition].opcode == hir::Opcode::BoxNumber;
    return isNumber ? definition : InstrId();
}

/// Turn this: v2: own LongExact|FloatExact = BoxNumber v0, v1
///            v3: Bool = TestInt v2
/// Into this: v1                                                      (for v3)
/// Turn this: v1: Bool = TestInt v0                                   (v0 is an int; never an int)
/// Into this: v1: Bool = ConstBool true; false
Rewritten testIntOfKnown(Rewriter& rewriter, InstrId id) {
    const ValueId input = hir::TestInt(rewriter.function, id).input();
    if (const InstrId made = numberMadeOf(rewriter, input); made.valid()) {
        return hir::BoxNumber(rewriter.function, made).whole();
    }
    const hir::Type type = rewriter.typeOf(objectBehind(rewriter.function, input));
    if (type.isSubtypeOf(hir::kLongExact)) {
        return rewriter.builder.constBool(true);
    }
    return type.mayBe(hir::kLongExact) ? std::nullopt : Rewritten(rewriter.builder.constBool(false));
}

/// Turn this: v1: Double = CheckedWhole v0, v2                        (v2 = ConstBool false)
/// Into this: v0
Rewritten wholeOfFloat(Rewriter& rewriter, InstrId id) {
    const hir::CheckedWhole whole(rewriter.function, id);
    return rewriter.constantBool(whole.whole()) == false ? Rewritten(whole.input()) : std::nullopt;
}

/// Turn this: v1: own LongExact|FloatExact = BoxNumber v0, v2         (v2 = ConstBool false)
/// Into this: v1: own FloatExact = BoxDouble v0
Rewritten boxOfFloat(Rewriter& rewriter, InstrId id) {
    const hir::BoxNumber box(rewriter.function, id);
    const bool isFloat = rewriter.constantBool(box.whole()) == false;
    return isFloat ? Rewritten(rewriter.builder.boxDouble(box.input())) : std::nullopt;
}

/// Turn this: v2: own LongExact|FloatExact = BoxNumber v0, v1
///            v3: Double = UnboxAsDouble v2, exit s0
/// Into this: v0                                                      (for v3)
/// Turn this: v1: Double = UnboxAsDouble v0, exit s0                  (v0 is a float)
/// Into this: v1: Double = UnboxDouble v0
/// Turn this: v1: own LongExact = BoxInt v0
///            v2: Double = UnboxAsDouble v1, exit s0
/// Into this: v2: Double = CheckedIntToDouble v0, exit s0
/// A constant is the number itself.
Rewritten unboxAsDoubleOfKnown(Rewriter& rewriter, InstrId id) {
    const hir::Instr instr = rewriter.function.instrs[id];
    const ValueId input = instr.operands[0];
    if (const InstrId made = numberMadeOf(rewriter, input); made.valid()) {
        return hir::BoxNumber(rewriter.function, made).input();
    }
    const NumberSource source = numberSource(rewriter.function, rewriter.facts, input);
    if (source.unboxed.valid() && rewriter.typeOf(source.unboxed) == hir::kDouble) {
        return source.unboxed;
    }
    ValueId integer;
    if (source.unboxed.valid() && rewriter.typeOf(source.unboxed) == hir::kInt64) {
        integer = source.unboxed;
    } else if (source.constant != nullptr && source.constant->kind == ConstantFact::Kind::Double) {
        return rewriter.builder.constDouble(source.constant->real);
    } else if (source.constant != nullptr && source.constant->kind == ConstantFact::Kind::Int) {
        integer = rewriter.builder.constInt(source.constant->integer);
    } else {
        return rewriter.typeOf(input) == hir::kFloatExact ? Rewritten(rewriter.builder.unboxDouble(input))
                                                          : std::nullopt;
    }
    return rewriter.builder.checkedIntToDouble(integer, instr.snapshot);
}

constexpr Rule kRules[] = {
    {hir::Opcode::UnboxInt, "unbox_of_known", unboxOfKnown},
    {hir::Opcode::UnboxDouble, "unbox_of_known", unboxOfKnown},
    {hir::Opcode::UnboxAsDouble, "unbox_as_double_of_known", unboxAsDoubleOfKnown},
    {hir::Opcode::UnboxBool, "unbox_of_known", unboxOfKnown},
    {hir::Opcode::TestInt, "test_int_of_known", testIntOfKnown},
    {hir::Opcode::CheckedWhole, "whole_of_float", wholeOfFloat},
    {hir::Opcode::BoxNumber, "box_of_float", boxOfFloat},
};

}  // namespace

std::span<const Rule> unboxingRules() {
    return kRules;
}

}  // namespace pyjion::passes
