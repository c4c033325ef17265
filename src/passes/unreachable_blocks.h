// SPDX-License-Identifier: MIT
// Empties blocks that cannot be reached, so that nothing in them holds on to values, snapshots or other blocks.
#pragma once

#include "hir/function.h"

namespace pyjion::passes {

/// True when there was such a block.
bool removeUnreachableBlocks(hir::Function& function);

}  // namespace pyjion::passes
