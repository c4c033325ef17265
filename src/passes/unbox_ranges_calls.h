// SPDX-License-Identifier: MIT
// The first half of unbox_ranges: calls of the builtin `range` whose result goes into GetIter. The second half, in
// unbox_ranges.cpp, counts instead of calling the iterators.
#pragma once

#include "hir/function.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// Turns `GetIter(range(start, stop, step))` into `MakeRangeIter`; true when there was something to turn.
bool makeRangeIterators(hir::Function& function, PassContext& context);

}  // namespace pyjion::passes
