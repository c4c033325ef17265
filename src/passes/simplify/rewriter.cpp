// SPDX-License-Identifier: MIT
#include "passes/simplify/rewriter.h"

#include "hir/constants.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

InstrId Rewriter::definitionOf(ValueId value, Opcode opcode) const {
    InstrId id = function.values[value].definition;
    return id.valid() && opcodeOf(id) == opcode ? id : InstrId();
}

std::optional<int64_t> Rewriter::constantInt(ValueId value) const {
    InstrId id = definitionOf(value, Opcode::ConstInt);
    return id.valid() ? std::optional(hir::ConstInt(function, id).value()) : std::nullopt;
}

std::optional<double> Rewriter::constantDouble(ValueId value) const {
    InstrId id = definitionOf(value, Opcode::ConstDouble);
    return id.valid() ? std::optional(hir::ConstDouble(function, id).value()) : std::nullopt;
}

std::optional<bool> Rewriter::constantBool(ValueId value) const {
    return hir::constantBool(function, value);
}

bool Rewriter::canStandFor(ValueId replacement, ValueId result) const {
    return function.values[replacement].ownership == function.values[result].ownership || !isInSnapshot(result);
}

void Rewriter::moveUses(ValueId from, ValueId to) {
    // Values made since the counting are not counted: nothing asks about them in this run.
    if (from.index() < uses_.byCode.size() && to.index() < uses_.byCode.size()) {
        uses_.byCode[to.index()] += uses_.byCode[from.index()];
        uses_.bySnapshots[to.index()] += uses_.bySnapshots[from.index()];
    }
}

void Rewriter::dropUses(InstrId id) {
    for (ValueId value : analysis::operandsAndArguments(function, id)) {
        if (value.index() < uses_.byCode.size()) {
            --uses_.byCode[value.index()];
        }
    }
}

Rewritten Rewriter::leave(InstrId exit, hir::ExitReason reason) {
    builder.deoptimise(reason, function.instrs[exit].snapshot);
    left = true;
    return ValueId();
}

}  // namespace pyjion::passes
