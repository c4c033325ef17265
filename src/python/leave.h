// SPDX-License-Identifier: MIT
// Giving a compiled activation's frame to the interpreter, or ending it with the exception that is set.
//
// Contract of every function here. Before: our activation took one unit of recursion and linked `frame` as the current
// frame in the cframe that it shares with its caller; the frame is complete (its position, its locals and its value
// stack say everything, see frame.h). After: the unit is given back, the caller's frame is current, the value stack
// holds nothing, and whoever made the frame clears it, as the caller of the evaluator does on 3.11. The result is a new
// reference, or null with an exception set.
//
// A frame that was taken over from the interpreter (takeover.h) goes back to it instead, still linked and counted: the
// result is then what its body returns.
#pragma once

#include <Python.h>

#include <optional>

#include "python/exception_table.h"
#include "python/frame.h"
#include "python/frame_end.h"

namespace pyjion::python {

/// Lets the interpreter run the rest of the frame from its resume position. No exception is set.
PyObject* resumeInInterpreter(PyThreadState* ts, Frame* frame);

/// An exception is set, and the frame's position is running at the instruction that raised it: adds the traceback
/// entry, tells trace functions, and releases the value stack down to what the handler keeps. True: the frame stands at
/// the handler, complete, still linked and counted; whoever called lets it go on. False: there is no handler, trace
/// functions were told that the frame ends, and the contract above is fulfilled with null as the result.
bool unwindFrame(PyThreadState* ts, Frame* frame, const std::optional<ExceptionEntry>& handler);
/// The same where the handler has to be looked for.
bool unwindFrame(PyThreadState* ts, Frame* frame);

/// unwindFrame() for an exception that was raised again: no new traceback entry and no 'exception' event. The handler
/// is that of the instruction that did it; the frame's position says which index a handler is told that wants one.
bool unwindReraised(PyThreadState* ts, Frame* frame, const std::optional<ExceptionEntry>& handler);

/// The interpreter goes on with a traced frame at its resume position, `from` being the instruction that was executed
/// before: the trace function gets the 'line' events that it would get there, see traceLineAfter(). False: the trace
/// function failed and the frame has ended, as after unwindFrame().
bool traceJump(PyThreadState* ts, Frame* frame, int32_t from);

}  // namespace pyjion::python
