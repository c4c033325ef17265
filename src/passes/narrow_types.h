// SPDX-License-Identifier: MIT
// Makes the types of values as narrow as what flows into them allows: block parameters become the union of their
// arguments' types, and views and copies follow their operands. Optimistic, so that a loop does not widen itself.
#pragma once

#include "hir/function.h"

namespace pyjion::passes {

/// True when a type became narrower.
bool narrowTypes(hir::Function& function);

}  // namespace pyjion::passes
