// SPDX-License-Identifier: MIT
// The frames of inlined code, which exist from an exit on.
#pragma once

#include <Python.h>

#include "deopt/metadata.h"

namespace pyjion::deopt {

/// Makes the inlined frames of an exit above the current frame, which stands at their outermost call, and lets the
/// interpreter run them to their ends. `slots` are what rebuildFrame() gave for them; their references pass to the
/// frames. The result is that of the call: a new reference, or null with an exception set. Compiled code has seen to
/// it that there is room for them on the thread's data stack, and recursion.
PyObject* runInlinedFrames(PyThreadState* ts, const Exit& exit, PyObject** slots);

}  // namespace pyjion::deopt
