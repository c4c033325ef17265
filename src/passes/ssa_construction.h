// SPDX-License-Identifier: MIT
// Puts a variable that is assigned in several places into SSA form: all assignments are noted first, then reads find
// the value that reaches them, and make block parameters where different values meet. (Braun and others, "Simple and
// Efficient Construction of Static Single Assignment Form", 2013, without its incremental part.)
#pragma once

#include <unordered_map>
#include <vector>

#include "hir/function.h"
#include "passes/block_params.h"

namespace pyjion::passes {

/// One variable. Its type is an unboxed one, or an object's; parameters are never owned.
class SsaVariable {
  public:
    SsaVariable(hir::Function& function, const EdgeTable& edges, hir::Type type, hir::Ownership ownership)
        : function_(function), edges_(edges), type_(type), ownership_(ownership) {}

    /// The value behind a block's last assignment.
    void assignInBlock(hir::BlockId block, hir::ValueId value) { assigned_[block] = value; }
    /// The value in front of a block's first assignment. Invalid when no assignment reaches it on some path.
    hir::ValueId atStart(hir::BlockId block);
    hir::ValueId atEnd(hir::BlockId block);

  private:
    hir::ValueId makeParam(hir::BlockId block);

    hir::Function& function_;
    const EdgeTable& edges_;
    hir::Type type_;
    hir::Ownership ownership_;
    std::unordered_map<hir::BlockId, hir::ValueId> assigned_;
    std::unordered_map<hir::BlockId, hir::ValueId> start_;
};

}  // namespace pyjion::passes
