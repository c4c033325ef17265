// SPDX-License-Identifier: MIT
#include "runtime/callee.h"

#include "python/pending.h"
#include "python/thread.h"

namespace pyjion::runtime {

PyObject* handlePendingAfterCall(PyThreadState* ts, PyObject* result) {
    if (python::handlePending(ts) != 0) {
        Py_DECREF(result);
        return nullptr;
    }
    return result;
}

PyObject* callByVector(PyThreadState* ts, Callee callee, PyObject* names) {
    PyObject* callable = callee.callable();
    const Py_ssize_t named = names != nullptr ? PyTuple_GET_SIZE(names) : 0;
    // The callable lies before the arguments: there is a slot that the callee may overwrite for a while.
    PyObject* result = PyObject_Vectorcall(
        callable, callee.arguments, static_cast<size_t>(callee.count - named) | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    Py_DECREF(callable);
    for (int64_t i = 0; i < callee.count; i++) {
        Py_DECREF(callee.arguments[i]);
    }
    return checkPendingAfterCall(ts, result);
}

}  // namespace pyjion::runtime
