// SPDX-License-Identifier: MIT
#include "passes/unreachable_blocks.h"

#include <vector>

namespace pyjion::passes {

using hir::BlockId;

bool removeUnreachableBlocks(hir::Function& function) {
    std::vector<bool> reachable(function.blocks.size());
    for (BlockId block : function.reversePostorder()) {
        reachable[block.index()] = true;
    }
    bool changed = false;
    for (uint32_t index = 0; index < function.blocks.size(); ++index) {
        hir::Block& block = function.blocks[BlockId(index)];
        if (reachable[index] || (block.params.empty() && block.instrs.empty())) {
            continue;
        }
        for (hir::ValueId param : block.params) {
            function.values[param].block = {};
        }
        for (hir::InstrId id : block.instrs) {
            hir::Instr& instr = function.instrs[id];
            instr.block = {};
            if (instr.result.valid()) {
                function.values[instr.result].block = {};
            }
        }
        block = {};
        changed = true;
    }
    return changed;
}

}  // namespace pyjion::passes
