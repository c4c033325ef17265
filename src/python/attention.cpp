// SPDX-License-Identifier: MIT
#include "python/attention.h"

#include <atomic>

#include "python/internal.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

std::atomic<PyThreadState*> mainThread = nullptr;  // only compared

}  // namespace

void findMainThread() {
    PyThreadState* found = PyInterpreterState_ThreadHead(PyInterpreterState_Main());
    while (found != nullptr && found->thread_id != _PyRuntime.main_thread) {
        found = PyThreadState_Next(found);
    }
    mainThread = found;
}

bool isMainThread() {
    return PyThread_get_thread_ident() == _PyRuntime.main_thread;
}

bool isFinalizing() {
    return _Py_IsFinalizing() != 0;
}

bool askMainThread(int (*function)(void*)) {
    PyThreadState* main = mainThread;
    if (main == nullptr || _PyThreadState_UncheckedGet() != main || isFinalizing()) {
        return false;
    }
    if (_PyEval_AddPendingCall(PyInterpreterState_Main(), function, nullptr) != 0) {
        return false;
    }
    // Set by what adds the call only if that is the main thread.
    *evalBreakerWord(PyInterpreterState_Main()) = 1;
    return true;
}

bool askAgain(int (*function)(void*)) {
    return _PyEval_AddPendingCall(PyInterpreterState_Main(), function, nullptr) == 0;
}

}  // namespace pyjion::python
