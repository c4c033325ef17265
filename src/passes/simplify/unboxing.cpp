// SPDX-License-Identifier: MIT
// Rules for reading the number of an object whose number is at hand.
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

/// Turn this: v1: Double = UnboxAsDouble v0, exit s0                  (v0 is a float)
/// Into this: v1: Double = UnboxDouble v0
/// Turn this: v1: own LongExact = BoxInt v0
///            v2: Double = UnboxAsDouble v1, exit s0
/// Into this: v2: Double = CheckedIntToDouble v0, exit s0
/// A constant is the number itself.
Rewritten unboxAsDoubleOfKnown(Rewriter& rewriter, InstrId id) {
    const hir::Instr instr = rewriter.function.instrs[id];
    const ValueId input = instr.operands[0];
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
};

}  // namespace

std::span<const Rule> unboxingRules() {
    return kRules;
}

}  // namespace pyjion::passes
