// SPDX-License-Identifier: MIT
// The frames of inlined code, which exist from an exit on.
#pragma once

#include <Python.h>

#include "deopt/metadata.h"
#include "python/frame.h"

namespace pyjion::deopt {

/// Called when the frames are complete, with the innermost one, before it runs; whether that has taught something, see
/// Exit::lessons. Runs no Python code.
using InlinedExitHook = bool (*)(ExitTable& table, Exit& exit, python::Frame* frame);

/// The driver's hook; null: nobody learns from them.
void setInlinedExitHook(InlinedExitHook hook);

/// Makes the inlined frames of an exit above the current frame, which stands at their outermost call, and lets the
/// interpreter run them to their ends. `slots` are what rebuildFrame() gave for them; their references pass to the
/// frames. The result is that of the call: a new reference, or null with an exception set. Compiled code has seen to
/// it that there is room for them on the thread's data stack, and recursion.
PyObject* runInlinedFrames(PyThreadState* ts, ExitTable& table, Exit& exit, PyObject** slots);

/// Makes the frames of an activation that waits for the result of a call: of each of them the next one. Needs room for
/// them on the thread's data stack.
void pushWaiting(PyThreadState* ts, const Exit& exit, PyObject** slots);
/// Lets such a frame, which is the current one, go on behind its call with that one's result, and takes it apart. The
/// result is that of the frame's own call.
PyObject* finishWaiting(PyThreadState* ts, const InlinedFrame& row, PyObject* result);

}  // namespace pyjion::deopt
