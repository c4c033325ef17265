// SPDX-License-Identifier: MIT
// Rules for reading the number of an object whose number is at hand, and for numbers that are ints or floats.
#include <algorithm>
#include <cmath>

#include "hir/constants.h"
#include "passes/number_source.h"
#include "passes/operand_unboxing.h"
#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::ValueId;

namespace {

/// The instruction that made an object of a double and of whether that is an int; invalid when none did.
InstrId numberMadeOf(const Rewriter& rewriter, ValueId object) {
    const InstrId definition = rewriter.function.values[objectBehind(rewriter.function, object)].definition;
    const bool isNumber = definition.valid() && rewriter.function.instrs[definition].opcode == hir::Opcode::BoxNumber;
    return isNumber ? definition : InstrId();
}

/// Turn this: v2: own LongExact|FloatExact = BoxNumber v0, v1
///            v3: borrow FloatExact = GuardType v2, type FloatExact, exit s0
///            v4: Double = UnboxDouble v3
/// Into this: v0                                                      (for v4)
Rewritten unboxDoubleOfNumber(Rewriter& rewriter, InstrId id) {
    const InstrId made = numberMadeOf(rewriter, hir::UnboxDouble(rewriter.function, id).input());
    return made.valid() ? Rewritten(hir::BoxNumber(rewriter.function, made).input()) : std::nullopt;
}

/// Turn this: v2: own LongExact|FloatExact = BoxNumber v0, v1
///            v3: borrow FloatExact = GuardType v2, type FloatExact, exit s0  (not used)
/// Into this: v2: own LongExact|FloatExact = BoxNumber v0, v1
///            v3: Bool = BoolNot v1
///            GuardTrue v3, reason TypeChanged, exit s0
/// So that the guard needs no object.
Rewritten guardOfNumber(Rewriter& rewriter, InstrId id) {
    const hir::GuardType guard(rewriter.function, id);
    const InstrId made = numberMadeOf(rewriter, guard.input());
    if (!made.valid() || guard.type() != hir::kFloatExact || !rewriter.isUnused(guard.result())) {
        return std::nullopt;
    }
    const ValueId isFloat = rewriter.builder.boolNot(hir::BoxNumber(rewriter.function, made).whole());
    rewriter.builder.guardTrue(isFloat, hir::ExitReason::TypeChanged, guard.snapshot());
    return ValueId();
}

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

/// How many bits a double has at most if it stands for an int; nothing when that is not known. `depth`: operations that
/// are looked at, one inside of the other.
std::optional<int> bitsOfWhole(const Rewriter& rewriter, ValueId number, int depth) {
    const hir::InstrId definition = rewriter.function.values[number].definition;
    if (!definition.valid() || depth == 0) {
        return std::nullopt;
    }
    switch (rewriter.opcodeOf(definition)) {
        case hir::Opcode::UnboxAsDouble:
            return 30;
        case hir::Opcode::CheckedWhole:
            return hir::kWholeBits;
        case hir::Opcode::ConstDouble: {
            const double value = std::abs(hir::ConstDouble(rewriter.function, definition).value());
            return value < 0x1p50 ? std::optional(std::ilogb(value + 1) + 1) : std::nullopt;
        }
        case hir::Opcode::DoubleAdd:
        case hir::Opcode::DoubleSubtract: {
            const std::vector<ValueId>& operands = rewriter.function.instrs[definition].operands;
            const std::optional<int> left = bitsOfWhole(rewriter, operands[0], depth - 1);
            const std::optional<int> right = left ? bitsOfWhole(rewriter, operands[1], depth - 1) : std::nullopt;
            return right ? std::optional(std::max(*left, *right) + 1) : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

/// Turn this: v2: Double = DoubleAdd v0, v1                           (or DoubleSubtract)
///            v4: Double = CheckedWhole v2, v3                        (v0, v1 have few bits if they stand for ints)
/// Into this: v2
/// All ints below 2^53 are doubles; and neither sums nor differences are -0.0, as nothing that stands for an int is.
Rewritten wholeOfFewBits(Rewriter& rewriter, InstrId id) {
    constexpr int kExact = 53;
    constexpr int kDepth = 6;
    const ValueId input = hir::CheckedWhole(rewriter.function, id).input();
    const bool isSum = rewriter.definitionOf(input, hir::Opcode::DoubleAdd).valid() ||
                       rewriter.definitionOf(input, hir::Opcode::DoubleSubtract).valid();
    const std::optional<int> bits = isSum ? bitsOfWhole(rewriter, input, kDepth) : std::nullopt;
    return bits && *bits <= kExact ? Rewritten(input) : std::nullopt;
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
    {hir::Opcode::UnboxDouble, "unbox_double_of_number", unboxDoubleOfNumber},
    {hir::Opcode::GuardType, "guard_of_number", guardOfNumber},
    {hir::Opcode::UnboxAsDouble, "unbox_as_double_of_known", unboxAsDoubleOfKnown},
    {hir::Opcode::UnboxBool, "unbox_of_known", unboxOfKnown},
    {hir::Opcode::TestInt, "test_int_of_known", testIntOfKnown},
    {hir::Opcode::CheckedWhole, "whole_of_float", wholeOfFloat},
    {hir::Opcode::CheckedWhole, "whole_of_few_bits", wholeOfFewBits},
    {hir::Opcode::BoxNumber, "box_of_float", boxOfFloat},
};

}  // namespace

std::span<const Rule> unboxingRules() {
    return kRules;
}

}  // namespace pyjion::passes
