// SPDX-License-Identifier: MIT
// How a helper ends that may have run Python code: when a trace or profile function is active now, compiled code must
// be left behind the instruction. The result is stashed for deopt::leave, and the helper returns what it returns on
// failure, so that compiled code needs no second check.
#pragma once

#include <Python.h>

#include "deopt/leave.h"
#include "python/thread.h"

namespace pyjion::runtime {

/// Whether compiled code shall be left at the next opportunity, because the JIT was switched off. Set by the driver.
extern bool leaveRequested;

/// Whether compiled code must be left behind the instruction whose helper is ending.
inline bool mustBeLeft(PyThreadState* ts) {
    return python::isTraced(ts) || leaveRequested;
}

/// `result` may be null: then an exception is set, and it stays so.
inline PyObject* finish(PyThreadState* ts, PyObject* result) {
    if (mustBeLeft(ts) && result != nullptr) [[unlikely]] {
        return deopt::stashResult(result);
    }
    return result;
}

inline PyObject* finish(PyObject* result) {
    return finish(python::currentThread(), result);
}

/// For a helper that decides something: `decision` is 0 or 1, or -1 with an exception set. -1 with the bool stashed
/// when compiled code must be left.
inline int32_t decided(PyThreadState* ts, int32_t decision) {
    if (mustBeLeft(ts) && decision >= 0) [[unlikely]] {
        deopt::stashResult(Py_NewRef(decision != 0 ? Py_True : Py_False));
        return -1;
    }
    return decision;
}

/// For a helper that succeeded and has no result: whether compiled code must be left.
inline bool mustLeave(PyThreadState* ts) {
    if (mustBeLeft(ts)) [[unlikely]] {
        // None stands for "nothing to push", see deopt/leave.h.
        Py_INCREF(Py_None);
        deopt::stashResult(Py_None);
        return true;
    }
    return false;
}

/// The status of a helper without a result: -1 when `status` says that an exception is set, or when compiled code must
/// be left behind the instruction, else 0.
inline int32_t finishStatus(int status) {
    return status != 0 || mustLeave(python::currentThread()) ? -1 : 0;
}

}  // namespace pyjion::runtime
