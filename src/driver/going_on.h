// SPDX-License-Identifier: MIT
// What becomes of an activation that left compiled code: it goes on in other compiled code where it can (optimised code
// at a hot loop, quick code at its resume points), else in the interpreter.
#pragma once

#include <Python.h>

#include "deopt/leave.h"
#include "python/frame.h"

namespace pyjion::driver {

/// The hook of deopt::leave().
deopt::Continuation goOn(deopt::ExitTable* table, uint32_t number, PyThreadState* ts, python::Frame* frame);

/// The hook of deopt::leave() for the frames of inlined code.
bool learnFromInlined(deopt::ExitTable& table, deopt::Exit& exit, python::Frame* frame);

}  // namespace pyjion::driver
