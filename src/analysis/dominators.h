// SPDX-License-Identifier: MIT
// The dominator tree of a function's reachable blocks.
#pragma once

#include <cstdint>
#include <vector>

#include "hir/function.h"

namespace pyjion::analysis {

class Dominators {
  public:
    explicit Dominators(const hir::Function& function);

    bool isReachable(hir::BlockId block) const { return number_[block.index()] != kUnreachable; }
    /// The closest block that every path to this one goes through; invalid for the entry and unreachable blocks.
    hir::BlockId immediate(hir::BlockId block) const { return immediate_[block.index()]; }
    /// A block dominates itself. False when one of them is unreachable.
    bool dominates(hir::BlockId above, hir::BlockId below) const;
    /// Reachable blocks in reverse postorder: every block behind its dominators.
    const std::vector<hir::BlockId>& order() const { return order_; }

  private:
    static constexpr uint32_t kUnreachable = UINT32_MAX;

    hir::BlockId meet(hir::BlockId a, hir::BlockId b) const;

    std::vector<hir::BlockId> order_;
    std::vector<uint32_t> number_;  // place in order_, by block
    std::vector<hir::BlockId> immediate_;
};

}  // namespace pyjion::analysis
