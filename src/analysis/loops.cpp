// SPDX-License-Identifier: MIT
#include "analysis/loops.h"

#include <algorithm>

namespace pyjion::analysis {

using hir::BlockId;
using hir::Function;

namespace {

/// The blocks from which a back-edge is reached without going through the header.
std::vector<BlockId> bodyOf(const Loop& loop, const std::vector<std::vector<BlockId>>& predecessors,
                            const Dominators& dominators) {
    std::vector<bool> seen(predecessors.size());
    std::vector<BlockId> body = {loop.header};
    seen[loop.header.index()] = true;
    std::vector<BlockId> pending = loop.latches;
    while (!pending.empty()) {
        BlockId block = pending.back();
        pending.pop_back();
        if (seen[block.index()] || !dominators.isReachable(block)) {
            continue;
        }
        seen[block.index()] = true;
        body.push_back(block);
        const std::vector<BlockId>& above = predecessors[block.index()];
        pending.insert(pending.end(), above.begin(), above.end());
    }
    return body;
}

}  // namespace

Loops::Loops(const Function& function, const Dominators& dominators) : innermost_(function.blocks.size()) {
    std::vector<std::vector<BlockId>> predecessors = function.predecessors();
    // A header comes before the headers of inner loops in reverse postorder, since it dominates them.
    for (BlockId block : dominators.order()) {
        Loop loop;
        loop.header = block;
        for (BlockId predecessor : predecessors[block.index()]) {
            bool isNew = std::find(loop.latches.begin(), loop.latches.end(), predecessor) == loop.latches.end();
            if (isNew && dominators.dominates(block, predecessor)) {
                loop.latches.push_back(predecessor);
            }
        }
        if (loop.latches.empty()) {
            continue;
        }
        loop.blocks = bodyOf(loop, predecessors, dominators);
        loop.parent = innermost_[block.index()];
        loop.depth = loop.parent.valid() ? loops_[loop.parent].depth + 1 : 1;
        LoopId id = loops_.push(std::move(loop));
        for (BlockId inside : loops_[id].blocks) {
            innermost_[inside.index()] = id;
        }
    }
}

bool Loops::contains(LoopId loop, BlockId block) const {
    LoopId at = innermost(block);
    while (at.valid() && at != loop) {
        at = loops_[at].parent;
    }
    return at == loop;
}

bool Loops::isHeader(BlockId block) const {
    LoopId loop = innermost(block);
    return loop.valid() && loops_[loop].header == block;
}

}  // namespace pyjion::analysis
