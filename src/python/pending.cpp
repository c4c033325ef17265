// SPDX-License-Identifier: MIT
#include "python/pending.h"

#include "python/attention.h"
#include "python/internal.h"

namespace pyjion::python {

namespace {

// Whether signals or pending calls wait that the calling thread may run.
bool hasCallsToMake(PyInterpreterState* interpreter) {
    return (_Py_atomic_load_relaxed(&interpreter->runtime->ceval.signals_pending) != 0 ||
            _Py_atomic_load_relaxed(&interpreter->ceval.pending.calls_to_do) != 0) &&
           _Py_IsMainThread();
}

// Whether the calling thread can do anything about the eval breaker.
bool isWanted(PyThreadState* ts) {
    return _Py_atomic_load_relaxed(&ts->interp->ceval.gil_drop_request) != 0 || ts->async_exc != nullptr ||
           hasCallsToMake(ts->interp);
}

// Clears the eval breaker of what only other threads can do something about: CPython passes over it at a call for each
// iteration, which would be an exit for each. Nothing is lost: take_gil() of Python/ceval_gil.h sets it for whatever
// the thread that takes the GIL can handle, and nothing but that thread could have handled it.
void passOverEvalBreaker(PyThreadState* ts) {
    _Py_atomic_int* breaker = &ts->interp->ceval.eval_breaker;
    if (_Py_atomic_load_relaxed(breaker) == 0 || isWanted(ts)) {
        return;
    }
    _Py_atomic_store_relaxed(breaker, 0);
    // Signal handlers and threads without the GIL say what they want before they set the eval breaker.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (isWanted(ts)) {
        _Py_atomic_store_relaxed(breaker, 1);
    }
}

}  // namespace

int handlePending(PyThreadState* ts) {
    PyInterpreterState* interpreter = ts->interp;
    if (hasCallsToMake(interpreter) && Py_MakePendingCalls() != 0) {
        return -1;
    }
    if (_Py_atomic_load_relaxed(&interpreter->ceval.gil_drop_request) != 0) {
        PyEval_SaveThread();
        PyEval_RestoreThread(ts);
    }
    if (ts->async_exc != nullptr) {
        PyObject* exception = ts->async_exc;
        ts->async_exc = nullptr;
        interpreter->ceval.pending.async_exc = 0;
        passOverEvalBreaker(ts);
        if (asksForAttention(exception)) {
            return payAttention(exception);
        }
        PyErr_SetNone(exception);
        Py_DECREF(exception);
        return -1;
    }
    passOverEvalBreaker(ts);
    return 0;
}

}  // namespace pyjion::python
