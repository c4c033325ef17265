// SPDX-License-Identifier: MIT
#include "passes/sink_local_stores_swaps.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/views.h"
#include "passes/number_source.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;

namespace {

using Position = std::vector<InstrId>::iterator;

Position positionOf(Function& function, InstrId instr) {
    std::vector<InstrId>& instrs = function.blocks[function.instrs[instr].block].instrs;
    return std::find(instrs.begin(), instrs.end(), instr);
}

bool isSnapshot(const Function& function, InstrId instr) {
    return function.instrs[instr].opcode == Opcode::Snapshot;
}

/// The store behind another one, with nothing between them but states for its own exit.
std::optional<InstrId> storeBehind(Function& function, const analysis::UseCounts& uses, InstrId store) {
    Position behind = positionOf(function, store) + 1;
    for (; isSnapshot(function, *behind); ++behind) {
        const uint32_t exits = uses.exits[function.instrs[*behind].snapshot.index()];
        if (exits != 0 &&
            (exits != 1 || function.instrs[*(behind + 1)].snapshot != function.instrs[*behind].snapshot)) {
            return std::nullopt;
        }
    }
    bool isStore = function.instrs[*behind].opcode == Opcode::StoreLocal;
    return isStore ? std::optional(*behind) : std::nullopt;
}

bool copies(const Function& function, InstrId store, uint32_t local) {
    std::optional<SlotRead> read = slotReadFor(function, hir::StoreLocal(function, store).value());
    return read && read->local == local && function.instrs[read->instr].block == function.instrs[store].block;
}

}  // namespace

SwappedStores swapStores(Function& function) {
    SwappedStores swapped;
    const analysis::UseCounts uses(function);
    for (BlockId block : function.reversePostorder()) {
        const std::vector<InstrId> instrs = function.blocks[block].instrs;
        for (InstrId store : instrs) {
            if (function.instrs[store].opcode != Opcode::StoreLocal || swapped.contains(store)) {
                continue;
            }
            const uint32_t local = hir::StoreLocal(function, store).local();
            std::optional<InstrId> copy = storeBehind(function, uses, store);
            bool swaps = copy && hir::StoreLocal(function, *copy).local() != local && copies(function, *copy, local) &&
                         !slotReadFor(function, hir::StoreLocal(function, store).value());
            if (swaps) {
                Position first = positionOf(function, store);
                Position second = positionOf(function, *copy);
                std::rotate(first, second, second + 1);
                swapped.emplace(*copy, store);
            }
        }
    }
    return swapped;
}

void swapBack(Function& function, InstrId copy, InstrId store) {
    Position first = positionOf(function, copy);
    SnapshotId exit = function.instrs[copy].snapshot;
    InstrId last = exit.valid() ? function.snapshots[exit].owner : store;
    std::rotate(first, first + 1, positionOf(function, last) + 1);
}

void removeStatesBetween(Function& function, InstrId copy, InstrId store) {
    SnapshotId exit = function.instrs[copy].snapshot;
    if (!exit.valid()) {
        return;
    }
    Position last = positionOf(function, function.snapshots[exit].owner);
    const std::vector<InstrId> between(positionOf(function, store) + 1, last + 1);
    for (InstrId state : between) {
        function.remove(state);
    }
}

}  // namespace pyjion::passes
