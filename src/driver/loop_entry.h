// SPDX-License-Identifier: MIT
// On-stack replacement of what the interpreter runs: finds loops that take time, and enters their optimised code at a
// back-edge (python/takeover.h).
#pragma once

#include <Python.h>

#include "python/frame.h"

namespace pyjion::driver {

struct CodeRecord;

/// Starts looking, or looks in another way: the options or the state of the JIT have changed.
void updateLoopEntry();
/// The interpreter is about to end.
void endLoopEntry();

/// A frame that was taken over goes back to the interpreter: at its next back-edge, its loop is entered again.
void enterAgainSoon();

}  // namespace pyjion::driver
