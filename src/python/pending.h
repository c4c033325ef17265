// SPDX-License-Identifier: MIT
// What the interpreter does when the eval breaker is set.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// Signals, pending calls, requests for the GIL, asynchronous exceptions: what the interpreter does when the eval
/// breaker is set. 0, or -1 with an exception set. Runs Python code; other threads run meanwhile; at the end of the
/// process it may not return (the thread is ended). Afterwards the eval breaker is set only for what this thread can
/// handle next time.
int handlePending(PyThreadState* ts);

}  // namespace pyjion::python
