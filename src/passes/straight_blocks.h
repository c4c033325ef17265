// SPDX-License-Identifier: MIT
#pragma once

#include "hir/function.h"

namespace pyjion::passes {

/// Joins each block with the one that it jumps to where nothing else leads there: inlined code is cut into such blocks.
/// The values that are passed take the place of the second block's parameters. Returns whether there were any.
bool joinStraightBlocks(hir::Function& function);

}  // namespace pyjion::passes
