// SPDX-License-Identifier: MIT
#include "python/thread.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>

#include "python/internal.h"

namespace pyjion::python {
namespace {

constexpr uintptr_t kReserve = 256 * 1024;
// Assumed when the C library cannot say where the stack is (no /proc): what Linux gives a program's first thread.
constexpr uintptr_t kAssumedSize = 8 * 1024 * 1024;

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

StackBounds measure() {
    StackBounds bounds;
    pthread_attr_t attributes;
    void* lowest = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        if (pthread_attr_getstack(&attributes, &lowest, &size) != 0) {
            size = 0;
        }
        pthread_attr_destroy(&attributes);
    }
    if (size == 0) {
        bounds.high = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        size = kAssumedSize;
        lowest = reinterpret_cast<void*>(bounds.high - size);
    }
    bounds.low = reinterpret_cast<uintptr_t>(lowest);
    bounds.high = bounds.low + size;
    bounds.reserve = std::min<uintptr_t>(kReserve, size / 4);
    return bounds;
}

thread_local StackBounds threadBounds;

}  // namespace

PyObject* originalImport(PyThreadState* ts) {
    return ts->interp->import_func;
}

bool enterRecursionSlow(PyThreadState* ts, const char* where) {
    // The function counts its unit back when it fails; when it only adjusts the limit it leaves the unit taken.
    return _Py_CheckRecursiveCall(ts, where) == 0;
}

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
        PyErr_SetNone(exception);
        Py_DECREF(exception);
        return -1;
    }
    passOverEvalBreaker(ts);
    return 0;
}

const StackBounds& stackBounds() {
    if (threadBounds.high == 0) [[unlikely]] {
        threadBounds = measure();
    }
    return threadBounds;
}

uintptr_t stackLimit() {
    const StackBounds& bounds = stackBounds();
    return bounds.low + bounds.reserve;
}

}  // namespace pyjion::python
