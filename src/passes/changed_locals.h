// SPDX-License-Identifier: MIT
// Locals whose slots something else than StoreLocal writes, or than LoadLocal reads: those that DELETE_FAST empties,
// that hold cells, and that quick code loads unchecked. Passes that follow the contents of locals leave them alone.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

/// By local. The order is that of the reachable blocks.
std::vector<bool> changedLocals(const hir::Function& function, const std::vector<hir::BlockId>& order);

}  // namespace pyjion::passes
