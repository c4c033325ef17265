// SPDX-License-Identifier: MIT
// How the frameless body of a function is entered (self_calls.h).
#pragma once

#include <vector>

#include "hir/function.h"
#include "hir/generated/builder.h"

namespace pyjion::passes {

/// Enters the body in the place of a call that `exit` can execute again; the references to `function` and to the
/// arguments are consumed. The result is an unboxed int or an object.
hir::ValueId enterSelf(hir::Builder& builder, bool forInt, hir::ValueId function, std::vector<hir::ValueId> arguments,
                       uint32_t callee, hir::SnapshotId exit, hir::SnapshotId raised);

}  // namespace pyjion::passes
