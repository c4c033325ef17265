// SPDX-License-Identifier: MIT
#include "passes/seen_elsewhere.h"

#include <algorithm>

#include "hir/generated/views.h"
#include "passes/number_source.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::InstrId;
using hir::Opcode;
using hir::Type;
using hir::ValueId;

void SeenElsewhere::note(ValueId operand, Type type) {
    takenFor_[objectBehind(function_, operand)] = type;
}

Type SeenElsewhere::seen(ValueId operand) const {
    std::set<ValueId> asked;
    return seen(operand, asked) - hir::kNull;
}

bool SeenElsewhere::beginsAsInt(ValueId operand) const {
    const ValueId object = objectBehind(function_, operand);
    std::set<ValueId> asked;
    return !function_.values[object].definition.valid() && seenInParam(object, asked).mayBe(hir::kLongExact);
}

Type SeenElsewhere::seen(ValueId value, std::set<ValueId>& asked) const {
    const ValueId object = objectBehind(function_, map_.resolve(value));
    if (const auto taken = takenFor_.find(object); taken != takenFor_.end()) {
        return taken->second;
    }
    if (function_.values[object].type.isSubtypeOf(hir::kPlainData)) {
        return function_.values[object].type;
    }
    if (!asked.insert(object).second) {
        return hir::kBottom;
    }
    const InstrId definition = function_.values[object].definition;
    if (!definition.valid()) {
        return seenInParam(object, asked);
    }
    switch (function_.instrs[definition].opcode) {
        case Opcode::EntryLocal:
            return hir::EntryLocal(function_, definition).seen();
        case Opcode::LoadGlobal:
            return seenInName(hir::LoadGlobal(function_, definition).name());
        case Opcode::BinaryOp: {  // of a later block: what it gives follows from what is asked for here
            const hir::BinaryOp later(function_, definition);
            return seen(later.left(), asked) | seen(later.right(), asked);
        }
        default:
            return hir::kObject;
    }
}

Type SeenElsewhere::seenInParam(ValueId param, std::set<ValueId>& asked) const {
    const BlockId block = function_.values[param].block;
    const std::vector<ValueId>& params = function_.blocks[block].params;
    const auto place = static_cast<size_t>(std::find(params.begin(), params.end(), param) - params.begin());
    Type found = hir::kBottom;
    for (const Edge& edge : edges_[block.index()]) {
        found = found | seen(targetOf(function_, edge).arguments[place], asked);
    }
    return found;
}

Type SeenElsewhere::seenInName(uint32_t name) const {
    for (const hir::NameSlot& slot : function_.names) {
        if (slot.name == name) {
            return slot.seen;
        }
    }
    return hir::kBottom;
}

}  // namespace pyjion::passes
