// SPDX-License-Identifier: MIT
// What trace and profile functions are told by compiled code and when it gives a frame to the interpreter.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/frame.h"

namespace pyjion::python {

/// The 'exception' event of the exception that is set. What the tracer raises takes its place.
void traceException(PyThreadState* ts, Frame* frame);

/// The 'return' events of a frame that ends with the exception that is set, or with what a tracer raises.
void traceUnwinding(PyThreadState* ts, Frame* frame);

/// The interpreter goes on with a frame at its resume position, `from` being the instruction that was executed before.
/// It takes that to be the code unit in front, and whether it gives a 'line' event depends on it. An event that it
/// would not give is given here, one that it must not give is kept from the trace function. False with an exception
/// set: the trace function failed.
bool traceLineAfter(PyThreadState* ts, Frame* frame, int32_t from);

/// The interpreter will tell trace and profile functions at once that the current frame ends. They know that already.
void skipReturn(PyThreadState* ts);

}  // namespace pyjion::python
