// SPDX-License-Identifier: MIT
// Finds operations that were already computed: same opcode, operands and immediates, in an instruction that comes
// before on every path. Only operations that depend on nothing else, so that the result cannot have changed.
#pragma once

#include <unordered_map>
#include <vector>

#include "analysis/dominators.h"
#include "hir/function.h"

namespace pyjion::passes {

class RepeatedOperations {
  public:
    RepeatedOperations(const hir::Function& function, const analysis::Dominators& dominators)
        : function_(function), dominators_(dominators) {}

    /// The result of an earlier instruction that computes the same; invalid when there is none. `id` comes next in
    /// `block`, and what it asks for is remembered by note().
    hir::ValueId find(hir::InstrId id, hir::BlockId block) const;
    /// Takes note of an instruction that stays. Blocks come in an order with dominators first.
    void note(hir::InstrId id);

  private:
    bool isRepeatable(hir::InstrId id) const;
    bool makesNumber(hir::InstrId id) const;
    bool isSame(hir::InstrId a, hir::InstrId b) const;
    size_t hash(hir::InstrId id) const;

    const hir::Function& function_;
    const analysis::Dominators& dominators_;
    std::unordered_map<size_t, std::vector<hir::InstrId>> seen_;
};

}  // namespace pyjion::passes
