// SPDX-License-Identifier: MIT
// hirtool lower: the CIL of a function, its constant pool's names and its exits, as text.
#pragma once

#include "hir/function.h"

namespace pyjion {

struct LowerOptions {
    bool quick = false;     // as in quick code: no fast paths beside helpers
    bool spillAll = false;  // as under PYJION_STRESS=spill-all
    bool listing = false;   // the IL bytes as users see them, not the symbolic text form
};

/// Prints to the standard output; 1 when the function cannot be lowered, or what comes out breaks the CIL verifier's
/// rules.
int lowerAndPrint(const hir::Function& function, const LowerOptions& options);

}  // namespace pyjion
