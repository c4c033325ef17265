// SPDX-License-Identifier: MIT
// Natural loops: a back-edge goes to a block that dominates its source. Loops with the same header are one loop. Cycles
// without a dominating header (no CPython bytecode makes them) are no loops here.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/dominators.h"
#include "base/entity.h"
#include "hir/function.h"

namespace pyjion::analysis {

struct LoopTag;
using LoopId = base::Id<LoopTag>;

struct Loop {
    hir::BlockId header;
    std::vector<hir::BlockId> blocks;   // the header first; blocks of inner loops included
    std::vector<hir::BlockId> latches;  // where the back-edges come from
    LoopId parent;                      // the loop around this one
    uint32_t depth = 1;                 // 1: outermost
};

class Loops {
  public:
    Loops(const hir::Function& function, const Dominators& dominators);

    /// Outer loops come before inner ones.
    const base::EntityMap<LoopId, Loop>& all() const { return loops_; }
    /// The innermost loop with a block; invalid outside of loops.
    LoopId innermost(hir::BlockId block) const { return innermost_[block.index()]; }
    bool contains(LoopId loop, hir::BlockId block) const;
    bool isHeader(hir::BlockId block) const;

  private:
    base::EntityMap<LoopId, Loop> loops_;
    std::vector<LoopId> innermost_;
};

}  // namespace pyjion::analysis
