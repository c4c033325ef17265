// SPDX-License-Identifier: MIT
// Locals whose slots something else than StoreLocal writes: those that DELETE_FAST empties and that hold cells. Passes
// that follow the contents of locals leave them alone.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

/// By local. The order is that of the reachable blocks.
std::vector<bool> changedLocals(const hir::Function& function, const std::vector<hir::BlockId>& order);

}  // namespace pyjion::passes
