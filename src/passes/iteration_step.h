// SPDX-License-Identifier: MIT
// One step of a loop over an iterator: `IterNext; IsNull; Branch`, as the front end makes it of FOR_ITER.
#pragma once

#include <optional>
#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

struct IterationStep {
    hir::InstrId iterNext;
    hir::InstrId isNull;
    hir::InstrId branch;  // its first target is where the loop ends
    hir::BlockId body;    // entered from here alone
    hir::InstrId taken;   // the only AssumeNotNull of the result; invalid when there is none, or are several
};

/// Nothing when the result of the IterNext is used in another way than by AssumeNotNull behind that branch.
/// `users`: by value, see analysis::usersOf.
std::optional<IterationStep> iterationStepAt(const hir::Function& function,
                                             const std::vector<std::vector<hir::InstrId>>& users,
                                             hir::InstrId iterNext);

}  // namespace pyjion::passes
