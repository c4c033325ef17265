// SPDX-License-Identifier: MIT
// Running a compiled body, or, when the C stack is low, the interpreter in its place.
#include "runtime/entry.h"

#include <utility>

#include "deopt/leave.h"
#include "runtime/activation.h"
#include "runtime/boxing.h"

namespace pyjion::runtime {
namespace {

// Guarded by the GIL. CPython has one evaluator per interpreter; pyjion supports the main interpreter only.
struct Evaluator {
    _PyFrameEvalFunction wanted = nullptr;
    int32_t lowStackActivations = 0;
};
Evaluator evaluator;

}  // namespace

PyObject* CompiledBody::objectOf(int64_t word) {
    return word != deopt::kNoInt ? boxInt(word) : std::exchange(deopt::returnedObject, nullptr);
}

StackLimit stackLimitOfThread;

[[gnu::noinline]] void refreshStackLimit(PyThreadState* ts) {
    stackLimitOfThread = {ts->id, python::stackLimit()};
}

// With the hook, each Python call is a new activation of the evaluator on the C stack; without it, the interpreter runs
// calls between Python functions in one activation, so that recursion can go on to Python's own limit.
[[gnu::noinline]] PyObject* interpretOnLowStack(PyThreadState* ts, _PyInterpreterFrame* frame, bool raises) {
    deopt::interpretedEnds++;
    PyInterpreterState* interpreter = ts->interp;
    if (evaluator.lowStackActivations++ == 0) {
        evaluator.wanted = _PyInterpreterState_GetEvalFrameFunc(interpreter);
        _PyInterpreterState_SetEvalFrameFunc(interpreter, _PyEval_EvalFrameDefault);
    }
    PyObject* result = _PyEval_EvalFrameDefault(ts, frame, raises ? 1 : 0);
    if (--evaluator.lowStackActivations == 0) {
        _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluator.wanted);
    }
    return result;
}

PyObject* activate(PyThreadState* ts, _PyInterpreterFrame* frame, CodeEntry* entry) {
    return activateInline(ts, frame, entry);
}

void setEvaluator(PyInterpreterState* interpreter, _PyFrameEvalFunction wanted) {
    if (evaluator.lowStackActivations > 0) {
        evaluator.wanted = wanted;
    } else {
        _PyInterpreterState_SetEvalFrameFunc(interpreter, wanted);
    }
}

int32_t lowStackActivations() {
    return evaluator.lowStackActivations;
}

}  // namespace pyjion::runtime
