// SPDX-License-Identifier: MIT
#include "analysis/liveness.h"

#include <algorithm>

#include "analysis/uses.h"
#include "hir/generated/opcode.h"

namespace pyjion::analysis {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::ValueId;

namespace {

/// Everything that an instruction needs.
std::vector<ValueId> needsOf(const Function& function, InstrId id) {
    std::vector<ValueId> needs = operandsAndArguments(function, id);
    const hir::Instr& instr = function.instrs[id];
    if (instr.opcode != hir::Opcode::Snapshot && instr.snapshot.valid()) {
        std::vector<ValueId> state = valuesOf(function, instr.snapshot);
        needs.insert(needs.end(), state.begin(), state.end());
    }
    return needs;
}

std::vector<ValueId> listOf(const std::vector<bool>& set) {
    std::vector<ValueId> list;
    for (uint32_t i = 0; i < set.size(); ++i) {
        if (set[i]) {
            list.push_back(ValueId(i));
        }
    }
    return list;
}

}  // namespace

Liveness::Liveness(const Function& function)
    : function_(function),
      in_(function.blocks.size(), std::vector<bool>(function.values.size())),
      out_(function.blocks.size(), std::vector<bool>(function.values.size())) {
    std::vector<BlockId> order = function.reversePostorder();
    std::reverse(order.begin(), order.end());
    for (bool changed = true; changed;) {
        changed = false;
        for (BlockId block : order) {
            std::vector<bool>& out = out_[block.index()];
            for (BlockId successor : function.successors(block)) {
                for (ValueId value : liveIn(successor)) {
                    out[value.index()] = true;
                }
            }
            std::vector<bool> live = out;
            const std::vector<InstrId>& list = function.blocks[block].instrs;
            for (auto id = list.rbegin(); id != list.rend(); ++id) {
                if (function.instrs[*id].result.valid()) {
                    live[function.instrs[*id].result.index()] = false;
                }
                for (ValueId value : needsOf(function, *id)) {
                    live[value.index()] = true;
                }
            }
            for (ValueId param : function.blocks[block].params) {
                live[param.index()] = false;
            }
            if (live != in_[block.index()]) {
                in_[block.index()] = std::move(live);
                changed = true;
            }
        }
    }
}

std::vector<ValueId> Liveness::liveIn(BlockId block) const {
    return listOf(in_[block.index()]);
}
std::vector<ValueId> Liveness::liveOut(BlockId block) const {
    return listOf(out_[block.index()]);
}

bool Liveness::isLiveAfter(InstrId instr, ValueId value) const {
    BlockId block = function_.instrs[instr].block;
    if (isLiveOut(block, value)) {
        return true;
    }
    const std::vector<InstrId>& list = function_.blocks[block].instrs;
    for (auto id = std::find(list.begin(), list.end(), instr) + 1; id < list.end(); ++id) {
        std::vector<ValueId> needs = needsOf(function_, *id);
        if (std::find(needs.begin(), needs.end(), value) != needs.end()) {
            return true;
        }
    }
    return false;
}

}  // namespace pyjion::analysis
