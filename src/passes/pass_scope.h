// SPDX-License-Identifier: MIT
// Runs passes: skips disabled ones, measures time, dumps, verifies, and checks that a pass that said "unchanged"
// changed nothing. Passes themselves know nothing of this.
#pragma once

#include <cstdint>
#include <span>

#include "hir/function.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// Runs one pass, unless the context disables it.
Changed runPass(PassId pass, hir::Function& function, PassContext& context);
/// The same for a row that need not be in passes.def.
Changed runPass(const PassInfo& pass, hir::Function& function, PassContext& context);

/// Runs passes in order.
Changed runPasses(std::span<const PassId> passes, hir::Function& function, PassContext& context);

/// A number that differs, as good as surely, when anything of the function differs that its text shows.
uint64_t fingerprint(const hir::Function& function);

}  // namespace pyjion::passes
