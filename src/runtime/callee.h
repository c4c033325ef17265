// SPDX-License-Identifier: MIT
// What a call finds in the value-stack slots: PRECALL's work, and the call of anything that is not entered directly.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/thread.h"

namespace pyjion::runtime {

/// The callable and all arguments, self included, which follow it in memory.
struct Callee {
    PyObject** arguments;
    int64_t count;

    PyObject* callable() const { return arguments[-1]; }
};

/// Mirrors PRECALL: a bound method becomes its function and self.
inline Callee prepareCall(PyObject** slots, int64_t nargs) {
    if (slots[0] != nullptr) {
        return {slots + 1, nargs + 1};
    }
    PyObject* callable = slots[1];
    if (!Py_IS_TYPE(callable, &PyMethod_Type)) {
        return {slots + 2, nargs};
    }
    PyObject* function = PyMethod_GET_FUNCTION(callable);
    PyObject* self = PyMethod_GET_SELF(callable);
    Py_INCREF(function);
    Py_INCREF(self);
    slots[0] = function;
    slots[1] = self;
    Py_DECREF(callable);
    return {slots + 1, nargs + 1};
}

/// Drops the result of a call, and returns null, when a signal handler or the like raises now: CHECK_EVAL_BREAKER.
[[gnu::noinline]] PyObject* handlePendingAfterCall(PyThreadState* ts, PyObject* result);
inline PyObject* checkPendingAfterCall(PyThreadState* ts, PyObject* result) {
    const bool isPending = *python::evalBreakerWord(ts->interp) != 0;
    return isPending && result != nullptr ? handlePendingAfterCall(ts, result) : result;
}

/// Calls by vectorcall. `names` (may be null) are those of the last arguments. The interpreter holds callable and
/// arguments until the call has ended, and so does this.
PyObject* callByVector(PyThreadState* ts, Callee callee, PyObject* names);

}  // namespace pyjion::runtime
