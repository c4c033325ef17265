// SPDX-License-Identifier: MIT
// Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm": iterate immediate dominators in reverse postorder.
#include "analysis/dominators.h"

#include <algorithm>

namespace pyjion::analysis {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::ValueId;

Dominators::Dominators(const Function& function)
    : order_(function.reversePostorder()),
      number_(function.blocks.size(), kUnreachable),
      immediate_(function.blocks.size()) {
    for (uint32_t i = 0; i < order_.size(); ++i) {
        number_[order_[i].index()] = i;
    }
    std::vector<std::vector<BlockId>> predecessors = function.predecessors();
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 1; i < order_.size(); ++i) {
            BlockId block = order_[i];
            BlockId common;
            for (BlockId predecessor : predecessors[block.index()]) {
                bool known = predecessor == order_[0] || immediate_[predecessor.index()].valid();
                if (known && isReachable(predecessor)) {
                    common = common.valid() ? meet(common, predecessor) : predecessor;
                }
            }
            changed = changed || immediate_[block.index()] != common;
            immediate_[block.index()] = common;
        }
    }
}

BlockId Dominators::meet(BlockId a, BlockId b) const {
    while (a != b) {
        BlockId& later = number_[a.index()] > number_[b.index()] ? a : b;
        later = immediate_[later.index()];
    }
    return a;
}

bool Dominators::dominates(BlockId above, BlockId below) const {
    if (!isReachable(above) || !isReachable(below)) {
        return false;
    }
    while (number_[below.index()] > number_[above.index()]) {
        below = immediate_[below.index()];
    }
    return above == below;
}

}  // namespace pyjion::analysis
