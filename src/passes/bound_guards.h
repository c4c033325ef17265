// SPDX-License-Identifier: MIT
// What is left to do when slots have become SSA values: parameters and guards that turn out to say nothing.
#pragma once

#include "hir/function.h"

namespace pyjion::passes {

/// Removes redundant parameters, narrows types, and removes each GuardBound of what is certainly bound, until nothing
/// changes.
void tidySlotValues(hir::Function& function);

}  // namespace pyjion::passes
