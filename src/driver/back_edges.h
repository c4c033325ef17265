// SPDX-License-Identifier: MIT
// Where the loops of a code object can be entered: looked for once, when somebody asks.
#pragma once

#include <cstdint>

#include "python/takeover.h"

namespace pyjion::driver {

struct CodeRecord;

/// The back-edge that this jump is, or null. Loops in which a generator is suspended have none: their code would be
/// left in each iteration.
const python::BackEdge* backEdgeOf(CodeRecord& record, int32_t jump);

/// Whether this code unit is in such a loop.
bool isInLoop(CodeRecord& record, int32_t index);

/// Whether such a loop begins at this code unit.
bool isLoopHeader(CodeRecord& record, int32_t index);

}  // namespace pyjion::driver
