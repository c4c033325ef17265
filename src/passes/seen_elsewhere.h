// SPDX-License-Identifier: MIT
// Types for operations that have shown none: they were never executed, or are of those that the interpreter does not
// specialise, as of an int and a float. What other operations take the same object for, what a local had at entry and a
// global name was bound to, and what comes into a parameter, as far as that is known. Guesses, like all that was seen.
#pragma once

#include <set>
#include <unordered_map>

#include "hir/function.h"
#include "passes/block_params.h"
#include "passes/value_map.h"

namespace pyjion::passes {

class SeenElsewhere {
  public:
    /// `map`: what stands for values whose instructions were replaced so far.
    SeenElsewhere(const hir::Function& function, const ValueMap& map)
        : function_(function), edges_(incomingEdges(function)), map_(map) {}

    /// An operation takes the operand for an object of the type.
    void note(hir::ValueId operand, hir::Type type);

    /// Object where something is known to be nothing of use, Bottom where nothing is known.
    hir::Type seen(hir::ValueId operand) const;

    /// A variable that starts as an int, as in `total = 0`, whatever operations have seen later.
    bool beginsAsInt(hir::ValueId operand) const;

  private:
    /// `asked`: objects that are looked at already.
    hir::Type seen(hir::ValueId value, std::set<hir::ValueId>& asked) const;
    hir::Type seenInParam(hir::ValueId param, std::set<hir::ValueId>& asked) const;
    hir::Type seenInName(uint32_t name) const;

    const hir::Function& function_;
    const EdgeTable edges_;
    const ValueMap& map_;
    std::unordered_map<hir::ValueId, hir::Type> takenFor_;  // by object
};

}  // namespace pyjion::passes
