// SPDX-License-Identifier: MIT
// Activations under the hook that the interpreter runs. With the hook each call between Python functions takes C stack;
// without it the interpreter runs them in one activation of its own, up to Python's own limit of recursion. So where
// the C stack is low, the hook is taken away for as long as such an activation runs.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/frame.h"
#include "python/stack.h"

namespace pyjion::runtime {

/// Runs what the hook does not enter compiled: CPython's evaluator, or that of another user of PEP 523 who was there
/// before.
[[gnu::visibility("hidden")]] extern _PyFrameEvalFunction nextEvaluator;

/// interpret() where it is not known that there is enough C stack. On a low stack, the frame and all that it calls run
/// without the hook. Where next to nothing is left, it is a RecursionError.
PyObject* interpretWithCare(PyThreadState* ts, python::Frame* frame, int throwflag);

/// What is not entered compiled runs here. Every interpreted entry under the hook comes through.
[[gnu::always_inline]] inline PyObject* interpret(PyThreadState* ts, python::Frame* frame, int throwflag) {
    if (!python::stackRoom.contains(python::stackAddress())) [[unlikely]] {
        return interpretWithCare(ts, frame, throwflag);
    }
    return nextEvaluator(ts, frame, throwflag);
}

/// Makes `evaluator` the frame evaluator of the main interpreter (PEP 523), at once or when the last activation on a
/// low C stack ends. Whoever switches the hook on or off does it through this function.
void setEvaluator(_PyFrameEvalFunction evaluator);
/// The frame evaluator, that which is taken away for a while included.
_PyFrameEvalFunction evaluatorInForce();

/// Activations on a low C stack that are running now, in all threads.
int32_t lowStackActivations();

}  // namespace pyjion::runtime
