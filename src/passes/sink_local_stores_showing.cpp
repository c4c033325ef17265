// SPDX-License-Identifier: MIT
#include "passes/sink_local_stores_showing.h"

#include "hir/instruction.h"

namespace pyjion::passes {

using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;

bool isForShowing(const Function& function, const LocalSlots& slots, const std::vector<InstrId>& instrs,
                  size_t position) {
    SnapshotId snapshot = function.instrs[instrs[position]].snapshot;
    for (size_t i = position + 1; i < instrs.size(); ++i) {
        InstrId id = instrs[i];
        if (slots.showsSlots(id)) {
            return function.instrs[id].snapshot == snapshot;
        }
        if (function.instrs[id].opcode == Opcode::StoreLocal || slots.slotReadBy(id)) {
            return false;
        }
    }
    return false;
}

bool isForShowingNames(const Function& function, const LocalSlots& slots, const std::vector<InstrId>& instrs,
                       size_t position) {
    SnapshotId snapshot = function.instrs[instrs[position]].snapshot;
    for (size_t i = position + 1; i < instrs.size(); ++i) {
        InstrId id = instrs[i];
        if (slots.showsNames(id)) {
            const bool takesVersion = function.instrs[id].opcode == Opcode::NamesVersion;
            return function.instrs[takesVersion ? instrs[i + 1] : id].snapshot == snapshot;
        }
        if (function.instrs[id].opcode == Opcode::StoreLocal || slots.slotReadBy(id) || slots.showsSlots(id)) {
            return false;
        }
    }
    return false;
}

}  // namespace pyjion::passes
