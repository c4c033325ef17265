// SPDX-License-Identifier: MIT
// PRECALL + CALL. `slots` is the call's part of the frame's value stack as it is before PRECALL: callable or null,
// callable or self, then `nargs` arguments; all references are consumed and the slots may be overwritten. Compiled
// Python functions are entered directly, with the arguments moved into their frame; everything else by vectorcall,
// after which pending signals, calls and GIL requests are handled as the interpreter does there.
#pragma once

#include "runtime/entry.h"
#include "runtime/site.h"

namespace pyjion::runtime {

/// Records the type of the result in `site->seenLeft`.
PyObject* call(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t nargs, Site* site);

/// call() for full code: records nothing.
PyObject* callKnown(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t nargs);

}  // namespace pyjion::runtime
