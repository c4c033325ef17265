// SPDX-License-Identifier: MIT
#include "passes/simplify/repeated.h"

#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::ValueId;

bool RepeatedOperations::isRepeatable(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    const hir::OpInfo& row = hir::info(instr.opcode);
    bool dependsOnOperandsAlone = row.hasResult() && !instr.operands.empty() && row.reads.empty() &&
                                  row.writes.empty() && row.exits != hir::ExitKind::Raised &&
                                  row.resultOwnership != hir::Ownership::Owned;
    if (!dependsOnOperandsAlone || makesNumber(id)) {
        return false;
    }
    // Objects of other classes can be given another class.
    return instr.opcode != hir::Opcode::GuardType ||
           !hir::GuardType(function_, id).type().mayBe(hir::kOtherObject | hir::kTypeObject);
}

/// Arithmetic makes a number that may become an object, each operation another one. (RyuJIT computes it once.)
bool RepeatedOperations::makesNumber(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    hir::Type type = function_.values[instr.result].type;
    bool ofNumbers = function_.values[instr.operands[0]].ownership == hir::Ownership::None;
    bool isConversion = instr.opcode == hir::Opcode::CheckedIntToDouble || instr.opcode == hir::Opcode::RangeLimit;
    return ofNumbers && !isConversion && (type == hir::kInt64 || type == hir::kDouble);
}

bool RepeatedOperations::isSame(InstrId a, InstrId b) const {
    const hir::Instr& first = function_.instrs[a];
    const hir::Instr& second = function_.instrs[b];
    if (first.opcode != second.opcode || first.operands != second.operands) {
        return false;
    }
    for (size_t i = 0; i < first.immediates.size(); ++i) {
        if (first.immediates[i].integer != second.immediates[i].integer) {
            return false;
        }
    }
    return true;
}

size_t RepeatedOperations::hash(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    auto value = static_cast<size_t>(instr.opcode);
    for (ValueId operand : instr.operands) {
        value = value * 0x9E3779B97F4A7C15 + operand.index();
    }
    return value;
}

ValueId RepeatedOperations::find(InstrId id, BlockId block) const {
    if (!isRepeatable(id)) {
        return {};
    }
    auto found = seen_.find(hash(id));
    if (found == seen_.end()) {
        return {};
    }
    for (InstrId earlier : found->second) {
        if (isSame(earlier, id) && dominators_.dominates(function_.instrs[earlier].block, block)) {
            return function_.instrs[earlier].result;
        }
    }
    return {};
}

void RepeatedOperations::note(InstrId id) {
    if (isRepeatable(id)) {
        seen_[hash(id)].push_back(id);
    }
}

}  // namespace pyjion::passes
