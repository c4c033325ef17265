// SPDX-License-Identifier: MIT
// The part of unbox_phis for objects that loops use as numbers without changing them: the number is read once, on the
// edge into the outermost loop that does not make the object.
#pragma once

#include "hir/function.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// True when something was moved.
bool unboxLoopInvariants(hir::Function& function, PassContext& context);

}  // namespace pyjion::passes
