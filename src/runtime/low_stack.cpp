// SPDX-License-Identifier: MIT
#include "runtime/low_stack.h"

#include <pthread.h>

#include <atomic>

namespace pyjion::runtime {
namespace {

/// CPython has one evaluator per interpreter; pyjion works in the main interpreter only. Guarded by the GIL, but for
/// the number, which a thread corrects that is ended without returning from its activations.
struct Evaluator {
    _PyFrameEvalFunction wanted = nullptr;
    std::atomic<int32_t> lowStackActivations{0};
};
Evaluator evaluator;

/// Those of the calling thread. CPython ends a thread that asks for the GIL while the process ends: its frames on the C
/// stack are gone then. The hook stays away; only the end of the interpreter is left to run.
struct OwnActivations {
    int32_t count = 0;
    ~OwnActivations() { evaluator.lowStackActivations -= count; }
};
thread_local OwnActivations own;

void showHookAgain() {
    PyInterpreterState* interpreter = PyInterpreterState_Main();
    // Somebody else may have put another evaluator there meanwhile.
    if (interpreter != nullptr && _PyInterpreterState_GetEvalFrameFunc(interpreter) == _PyEval_EvalFrameDefault) {
        _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluator.wanted);
    }
}

/// The child of a fork has the thread that forked and no other.
void forgetOtherThreads() {
    if (evaluator.lowStackActivations.exchange(own.count) != 0 && own.count == 0) {
        showHookAgain();
    }
}

void hideHook() {
    static const int registered = pthread_atfork(nullptr, nullptr, forgetOtherThreads);
    static_cast<void>(registered);
    PyInterpreterState* interpreter = PyInterpreterState_Main();
    evaluator.wanted = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    _PyInterpreterState_SetEvalFrameFunc(interpreter, _PyEval_EvalFrameDefault);
}

PyObject* interpretOnLowStack(PyThreadState* ts, python::Frame* frame, int throwflag) {
    if (python::stackIsExhausted()) {
        PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded: no C stack is left");
        return nullptr;
    }
    own.count++;
    if (evaluator.lowStackActivations++ == 0) {
        hideHook();
    }
    PyObject* result = _PyEval_EvalFrameDefault(ts, frame, throwflag);
    own.count--;
    if (--evaluator.lowStackActivations == 0) {
        showHookAgain();
    }
    return result;
}

}  // namespace

_PyFrameEvalFunction nextEvaluator = _PyEval_EvalFrameDefault;

[[gnu::noinline]] PyObject* interpretWithCare(PyThreadState* ts, python::Frame* frame, int throwflag) {
    return python::stackIsLow() ? interpretOnLowStack(ts, frame, throwflag) : nextEvaluator(ts, frame, throwflag);
}

_PyFrameEvalFunction evaluatorInForce() {
    return evaluator.lowStackActivations > 0 ? evaluator.wanted
                                             : _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Main());
}

void setEvaluator(_PyFrameEvalFunction wanted) {
    if (evaluator.lowStackActivations > 0) {
        evaluator.wanted = wanted;
    } else {
        _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Main(), wanted);
    }
}

int32_t lowStackActivations() {
    return evaluator.lowStackActivations;
}

}  // namespace pyjion::runtime
