// SPDX-License-Identifier: MIT
#include "passes/value_map.h"

#include "base/check.h"
#include "hir/generated/opcode.h"

namespace pyjion::passes {

using hir::ValueId;

void ValueMap::replace(ValueId from, ValueId to) {
    PYJION_CHECK(from != to, "v{} cannot replace itself", from.index());
    if (from.index() >= map_.size()) {
        map_.resize(from.index() + 1);
    }
    map_[from.index()] = to;
    changed_ = true;
}

ValueId ValueMap::resolve(ValueId value) const {
    size_t steps = 0;
    while (value.valid() && contains(value)) {
        value = map_[value.index()];
        PYJION_CHECK(++steps <= map_.size(), "v{} replaces itself", value.index());
    }
    return value;
}

void ValueMap::apply(hir::Function& function, hir::InstrId id) const {
    auto rewrite = [&](std::vector<ValueId>& list) {
        for (ValueId& value : list) {
            value = resolve(value);
        }
    };
    hir::Instr& instr = function.instrs[id];
    rewrite(instr.operands);
    for (hir::Target& target : instr.targets) {
        rewrite(target.arguments);
    }
    if (instr.opcode == hir::Opcode::Snapshot) {
        rewrite(function.snapshots[instr.snapshot].locals);
        rewrite(function.snapshots[instr.snapshot].stack);
    }
}

void ValueMap::apply(hir::Function& function) const {
    if (empty()) {
        return;
    }
    for (hir::Block& block : function.blocks) {
        for (hir::InstrId id : block.instrs) {
            apply(function, id);
        }
    }
}

}  // namespace pyjion::passes
