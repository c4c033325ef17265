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

// The eval breaker says whether any of its reasons is left. Mirrors COMPUTE_EVAL_BREAKER of Python/ceval.c.
void recomputeEvalBreaker(PyInterpreterState* interpreter) {
    struct _ceval_runtime_state* runtime = &interpreter->runtime->ceval;
    struct _ceval_state* ceval = &interpreter->ceval;
    const bool canHandle = _Py_IsMainThread();
    const bool wanted =
        _Py_atomic_load_relaxed(&ceval->gil_drop_request) != 0 ||
        (canHandle && _Py_IsMainInterpreter(interpreter) && _Py_atomic_load_relaxed(&runtime->signals_pending) != 0) ||
        (canHandle && _Py_atomic_load_relaxed(&ceval->pending.calls_to_do) != 0) || ceval->pending.async_exc != 0;
    _Py_atomic_store_relaxed(&ceval->eval_breaker, wanted ? 1 : 0);
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
    // Signals and pending calls; each looks itself whether this thread may run them.
    if (Py_MakePendingCalls() != 0) {
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
        recomputeEvalBreaker(interpreter);
        PyErr_SetNone(exception);
        Py_DECREF(exception);
        return -1;
    }
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
