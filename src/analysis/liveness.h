// SPDX-License-Identifier: MIT
// Which values are still needed where. An exit needs the values of the snapshot that it names; the Snapshot instruction
// itself needs none.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::analysis {

class Liveness {
  public:
    explicit Liveness(const hir::Function& function);

    /// Needed at the start of a block; its parameters are not among them.
    bool isLiveIn(hir::BlockId block, hir::ValueId value) const { return in_[block.index()][value.index()]; }
    /// Needed in a successor of a block. What the terminator passes as an argument is needed by the terminator only.
    bool isLiveOut(hir::BlockId block, hir::ValueId value) const { return out_[block.index()][value.index()]; }
    std::vector<hir::ValueId> liveIn(hir::BlockId block) const;
    std::vector<hir::ValueId> liveOut(hir::BlockId block) const;
    /// Whether a value is needed behind an instruction, in its block or later.
    bool isLiveAfter(hir::InstrId instr, hir::ValueId value) const;

  private:
    const hir::Function& function_;
    std::vector<std::vector<bool>> in_;
    std::vector<std::vector<bool>> out_;
};

}  // namespace pyjion::analysis
