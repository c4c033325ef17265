// SPDX-License-Identifier: MIT
#include "passes/straight_blocks.h"

#include <vector>

#include "hir/generated/opcode.h"
#include "passes/block_params.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::ValueId;

bool joinStraightBlocks(Function& function) {
    const std::vector<std::vector<BlockId>> predecessors = function.predecessors();
    ValueMap map(function);
    bool changed = false;
    for (BlockId block : function.reversePostorder()) {
        while (!function.blocks[block].instrs.empty()) {
            const InstrId jump = function.terminator(block);
            if (function.instrs[jump].opcode != hir::Opcode::Jump) {
                break;
            }
            const hir::Target target = function.instrs[jump].targets.front();
            if (target.block == block || target.block == function.entry ||
                predecessors[target.block.index()].size() != 1 ||
                !passesAsTheyAre(function, target.block, target.arguments)) {
                break;
            }
            const hir::Block behind = std::move(function.blocks[target.block]);
            function.blocks[target.block] = {};
            for (size_t i = 0; i < behind.params.size(); ++i) {
                map.replace(behind.params[i], target.arguments[i]);
                function.values[behind.params[i]].block = {};
            }
            function.remove(jump);
            for (InstrId id : behind.instrs) {
                function.append(block, id);
            }
            changed = true;
        }
    }
    map.apply(function);
    return changed;
}

}  // namespace pyjion::passes
