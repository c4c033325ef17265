// SPDX-License-Identifier: MIT
// The frames of inlined code, which exist from an exit on.
#pragma once

#include <Python.h>

#include "deopt/metadata.h"
#include "python/frame.h"

namespace pyjion::deopt {

/// Called when the frames are complete, with the innermost one, before it runs; whether that has taught something, see
/// Exit::lessons. Runs no Python code.
using InlinedExitHook = bool (*)(const Exit& exit, python::Frame* frame);

/// Makes the inlined frames of an exit above the current frame, which stands at their outermost call, and lets the
/// interpreter run them to their ends. `slots` are what rebuildFrame() gave for them; their references pass to the
/// frames. The result is that of the call: a new reference, or null with an exception set. Compiled code has seen to
/// it that there is room for them on the thread's data stack, and recursion.
PyObject* runInlinedFrames(PyThreadState* ts, Exit& exit, PyObject** slots, InlinedExitHook hook);

}  // namespace pyjion::deopt
