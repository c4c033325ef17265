// SPDX-License-Identifier: MIT
#include "analysis/effects.h"

#include <algorithm>
#include <vector>

namespace pyjion::analysis {

using hir::BlockId;
using hir::Effects;
using hir::Function;
using hir::HeapSet;
using hir::InstrId;

namespace {

constexpr HeapSet kEverything = hir::kLocalsHeap | hir::kFrameHeap | hir::kObjectHeap | hir::kWorldHeap;

/// Whether instructions [from, to) of a block write to the heaps.
bool rangeWrites(const Function& function, BlockId block, size_t from, size_t to, HeapSet heaps) {
    const std::vector<InstrId>& list = function.blocks[block].instrs;
    for (size_t i = from; i < to; ++i) {
        if (mayWrite(function, list[i], heaps)) {
            return true;
        }
    }
    return false;
}

size_t placeOf(const Function& function, InstrId id) {
    const std::vector<InstrId>& list = function.blocks[function.instrs[id].block].instrs;
    return static_cast<size_t>(std::find(list.begin(), list.end(), id) - list.begin());
}

}  // namespace

Effects allEffectsOf(const Function& function, InstrId instr) {
    Effects effects = hir::effectsOf(function, instr);
    if (effects.reads.overlaps(hir::kWorldHeap)) {
        effects.reads = kEverything;
    }
    if (effects.writes.overlaps(hir::kWorldHeap)) {
        effects.writes = effects.writes | hir::kObjectHeap;
    }
    return effects;
}

bool mayRead(const Function& function, InstrId instr, HeapSet heaps) {
    return allEffectsOf(function, instr).reads.overlaps(heaps);
}

bool mayWrite(const Function& function, InstrId instr, HeapSet heaps) {
    return allEffectsOf(function, instr).writes.overlaps(heaps);
}

bool mayRunPython(const Function& function, InstrId instr) {
    return mayWrite(function, instr, hir::kWorldHeap);
}

Effects effectsOfBlocks(const Function& function, std::span<const BlockId> blocks) {
    Effects sum;
    for (BlockId block : blocks) {
        for (InstrId id : function.blocks[block].instrs) {
            Effects effects = allEffectsOf(function, id);
            sum.reads = sum.reads | effects.reads;
            sum.writes = sum.writes | effects.writes;
        }
    }
    return sum;
}

bool writesBetween(const Function& function, InstrId from, InstrId to, HeapSet heaps) {
    BlockId start = function.instrs[from].block;
    BlockId end = function.instrs[to].block;
    size_t fromPlace = placeOf(function, from);
    size_t toPlace = placeOf(function, to);
    if (start == end && fromPlace < toPlace) {
        return rangeWrites(function, start, fromPlace + 1, toPlace, heaps);
    }
    // Backwards from `to`: every block that is reached before the one of `from` lies between them.
    if (rangeWrites(function, end, 0, toPlace, heaps) ||
        rangeWrites(function, start, fromPlace + 1, function.blocks[start].instrs.size(), heaps)) {
        return true;
    }
    std::vector<std::vector<BlockId>> predecessors = function.predecessors();
    std::vector<bool> seen(function.blocks.size());
    std::vector<BlockId> pending = predecessors[end.index()];
    while (!pending.empty()) {
        BlockId block = pending.back();
        pending.pop_back();
        if (seen[block.index()] || block == start) {
            continue;
        }
        seen[block.index()] = true;
        // The block of `to` itself counts in full when a loop leads back to it.
        if (rangeWrites(function, block, 0, function.blocks[block].instrs.size(), heaps)) {
            return true;
        }
        const std::vector<BlockId>& above = predecessors[block.index()];
        pending.insert(pending.end(), above.begin(), above.end());
    }
    return false;
}

}  // namespace pyjion::analysis
