// SPDX-License-Identifier: MIT
// The one way out of compiled code other than returning: its common exit block calls leave(), and returns what that
// returns. Also the results that a helper could not hand to compiled code because that has to be left first.
#pragma once

#include <Python.h>

#include <cstdint>

#include "deopt/inlined_frames.h"
#include "deopt/metadata.h"
#include "python/frame.h"

namespace pyjion::deopt {

/// What the driver made of an exit. When it is handled, leave() returns `result` as it is: what the rest of the frame
/// returned (null with an exception set), with the contract of python/leave.h fulfilled; or whatever the driver and
/// those who enter compiled code have agreed on for a frame that goes on, still linked and counted.
struct Continuation {
    bool handled = false;
    PyObject* result = nullptr;
};

/// Called for each exit after which the frame goes on, when the frame is complete and says at which instruction, which
/// is the handler's where an exception is handled; not when an exception ends the frame. Counting was done already. No
/// exception is set, and none may be set when the exit is not handled. The table may have been freed when it returns.
using ExitHook = Continuation (*)(ExitTable* table, uint32_t exitNumber, PyThreadState* ts, python::Frame* frame);

/// The driver's hook; null: the interpreter takes every frame over. Set while no compiled code runs.
void setExitHook(ExitHook hook);

/// How a frame is left: before its instruction, with an exception that the instruction has raised, or behind it.
enum class Leaving : uint8_t { Before, Raised, Behind };

/// Called for each exit as soon as the frame is complete, before anything else is done with it. Runs no Python code.
using ExitCheck = void (*)(const ExitTable& table, uint32_t exitNumber, Leaving leaving, python::Frame* frame);
void setExitCheck(ExitCheck check);

/// Activations that began in compiled code and were handed to the interpreter.
extern uint64_t interpretedEnds;

/// Leaves compiled code through exit `exitNumber`. `words` are what the exit block stored. The contract is that of
/// python/leave.h: a unit of recursion is held and the frame is linked, and afterwards neither is; whoever made the
/// frame clears it. Returns the result of the whole activation.
///
/// An exit with ResumeMode::Reraised is taken with an exception set that was raised before: it gets no new traceback
/// entry. An exit with ResumeMode::Raised is taken when a helper returned null (or an error number). Either an
/// exception is set, which then goes to the frame's handler or ends the frame, or the helper succeeded, stashed its
/// result, and wants to be left because tracing was switched on: then the frame goes on behind the instruction.
PyObject* leave(PyThreadState* ts, python::Frame* frame, uint32_t exitNumber, ExitTable* table, const uint64_t* words);

/// What a body that returns unboxed integers returns instead when it has none: `returnedObject` has its result, which
/// is an object, null with an exception set, or what deopt::leave() returned else.
inline constexpr int64_t kNoInt = INT64_MIN;
extern PyObject* returnedObject;

/// leave() for such a body.
int64_t leaveWithoutInt(PyThreadState* ts, python::Frame* frame, uint32_t exitNumber, ExitTable* table,
                        const uint64_t* words);

/// The result that waits for leave(), null when there is none. There is one for the process: between stashResult() and
/// leave() nothing may run Python or release the GIL.
extern PyObject* stashedResult;

/// Keeps a helper's result (a new reference, Py_None for an instruction that pushes nothing) for leave(). Returns null,
/// which the helper returns in turn.
PyObject* stashResult(PyObject* result);

}  // namespace pyjion::deopt
