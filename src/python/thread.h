// SPDX-License-Identifier: MIT
// The calling thread as CPython sees it: recursion depth, the eval breaker, tracing.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/abi.h"

// CPython's state of the process. Its type is in a private header.
extern "C" struct pyruntimestate _PyRuntime;

namespace pyjion::python {

/// The thread state of the caller, who holds the GIL. What _PyThreadState_UncheckedGet() does, without a call: most
/// helpers need it.
/// Where the thread is that has the GIL.
inline PyThreadState** currentThreadWord() {
    return reinterpret_cast<PyThreadState**>(reinterpret_cast<char*>(&_PyRuntime) + abi::kRuntimeCurrentThread);
}

inline PyThreadState* currentThread() {
    return __atomic_load_n(currentThreadWord(), __ATOMIC_RELAXED);
}

inline ::_PyInterpreterFrame* currentFrame(PyThreadState* ts) {
    return ts->cframe->current_frame;
}

/// Takes one unit of recursion. False with RecursionError set when there is none; nothing was taken then. `where` is
/// the end of the error's message.
bool enterRecursionSlow(PyThreadState* ts, const char* where);
inline bool enterRecursion(PyThreadState* ts, const char* where = "") {
    if (--ts->recursion_remaining < 0) [[unlikely]] {
        return enterRecursionSlow(ts, where);
    }
    return true;
}
inline void leaveRecursion(PyThreadState* ts) {
    ts->recursion_remaining++;
}

/// The word that is not 0 while somebody wants the interpreter's attention. Written by other threads and by signal
/// handlers: read it with volatile loads.
inline volatile int32_t* evalBreakerWord(PyInterpreterState* interpreter) {
    return reinterpret_cast<volatile int32_t*>(reinterpret_cast<char*>(interpreter) + abi::kInterpreterEvalBreaker);
}

/// Whether a trace or profile function must see what runs now.
inline bool isTraced(PyThreadState* ts) {
    return ts->cframe->use_tracing != 0;
}

/// The calling thread, which CPython does not know, does something for one that waits for it and holds the GIL: checks
/// of CPython's debugging memory allocator take it for that one.
void actFor(PyThreadState* ts);

/// The `__import__` that the interpreter started with; borrowed.
PyObject* originalImport(PyThreadState* ts);

/// Whether an exception is set.
inline bool isRaised(PyThreadState* ts) {
    return ts->curexc_type != nullptr;
}

}  // namespace pyjion::python
