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

/// The position of the store behind another one, with nothing between them but states for its own exit.
std::optional<size_t> storeBehind(const Function& function, const analysis::UseCounts& uses,
                                  const std::vector<InstrId>& instrs, size_t store) {
    size_t behind = store + 1;
    for (; isSnapshot(function, instrs[behind]); ++behind) {
        const SnapshotId state = function.instrs[instrs[behind]].snapshot;
        const uint32_t exits = uses.exits[state.index()];
        if (exits != 0 && (exits != 1 || function.instrs[instrs[behind + 1]].snapshot != state)) {
            return std::nullopt;
        }
    }
    bool isStore = function.instrs[instrs[behind]].opcode == Opcode::StoreLocal;
    return isStore ? std::optional(behind) : std::nullopt;
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
        std::vector<InstrId>& instrs = function.blocks[block].instrs;
        for (size_t i = 0; i < instrs.size(); ++i) {
            if (function.instrs[instrs[i]].opcode != Opcode::StoreLocal) {
                continue;
            }
            const hir::StoreLocal store(function, instrs[i]);
            std::optional<size_t> behind = storeBehind(function, uses, instrs, i);
            if (!behind || slotReadFor(function, store.value())) {
                continue;
            }
            const InstrId copy = instrs[*behind];
            if (hir::StoreLocal(function, copy).local() != store.local() && copies(function, copy, store.local())) {
                swapped.emplace(copy, instrs[i]);
                const auto first = instrs.begin() + static_cast<ptrdiff_t>(i);
                const auto second = instrs.begin() + static_cast<ptrdiff_t>(*behind);
                std::rotate(first, second, second + 1);
                i = *behind;
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
