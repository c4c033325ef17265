// SPDX-License-Identifier: MIT
// Compiled code in place of an activation of the interpreter: entered at a back-edge of the running frame, whoever
// started that and in whatever it stands (try, with, a handler, a generator), and given back to the same activation at
// any instruction.
//
// _PyEval_EvalFrameDefault keeps its position and its stack pointer in registers, but takes both from a table when it
// handles an exception. So an exception is raised at the back-edge, and for that moment the code object has an
// exception table that sends it to code units of ours (code_units.h): `UNARY_POSITIVE` calls the exception, which runs
// the body; what is written behind it then makes the interpreter's stack what the frame says, and jumps, returns or
// raises.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/frame.h"

namespace pyjion::python {

/// A loop of a running frame: the instruction at which it begins, and the value stack's depth there.
struct LoopHeader {
    int32_t index = 0;
    int32_t depth = 0;
};

/// Runs the frame from a loop header on: linked and counted, its position and its value stack set. The result is
/// kGivenBack after giveBack(), or else a new reference to what the frame returns, with nothing on the value stack, or
/// null after giveBackRaised().
using TakeoverBody = PyObject*(PyThreadState* ts, Frame* frame, void* context);

/// Whether the interpreter runs the frame, which is the current one of a thread, and not compiled code.
bool isInterpreted(Frame* frame);

/// Makes the interpreter run `body` in its place as soon as the caller, a pending call or what else the eval breaker
/// leads to, has returned -1: an exception is set. `frame` is the current one and has just jumped back to `header`; no
/// trace function is active. False, and nothing happened, where that cannot be: the code object lies where no code
/// units can be had near it, its value stack is too small or too large, or there is no memory.
bool takeOver(Frame* frame, LoopHeader header, TakeoverBody* body, void* context);

/// Whether a body runs this frame in place of the interpreter.
bool isTakenOver(const Frame* frame);

/// What a body returns when the interpreter shall go on: only its address counts.
extern PyObject* const kGivenBack;
/// The interpreter goes on with a frame that is taken over, at its resume position, with its value stack.
PyObject* giveBack(Frame* frame);
/// The frame ends with the exception that is set, which has its traceback; the value stack holds nothing. The
/// interpreter tells trace functions of the end. The exception is put aside.
void giveBackRaised(Frame* frame);

}  // namespace pyjion::python
