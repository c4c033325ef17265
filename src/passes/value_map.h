// SPDX-License-Identifier: MIT
// Values that stand for others. A pass notes what replaces what while it walks a function and rewrites all uses in one
// sweep at the end, instead of one sweep for each value.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

class ValueMap {
  public:
    explicit ValueMap(const hir::Function& function) : map_(function.values.size()) {}

    bool empty() const { return !changed_; }
    bool contains(hir::ValueId value) const { return value.index() < map_.size() && map_[value.index()].valid(); }
    void replace(hir::ValueId from, hir::ValueId to);
    /// What stands for a value now: itself when nothing replaces it.
    hir::ValueId resolve(hir::ValueId value) const;
    /// Rewrites operands, block arguments and snapshots of the whole function.
    void apply(hir::Function& function) const;
    /// Rewrites one instruction; for `Snapshot` its state.
    void apply(hir::Function& function, hir::InstrId instr) const;

  private:
    std::vector<hir::ValueId> map_;
    bool changed_ = false;
};

}  // namespace pyjion::passes
