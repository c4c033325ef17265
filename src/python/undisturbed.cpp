// SPDX-License-Identifier: MIT
#include "python/undisturbed.h"

#include <cerrno>

namespace pyjion::python {

namespace {

// Guarded by the GIL, which is not released meanwhile.
_PyFrameEvalFunction replaced = nullptr;
uint64_t activations = 0;

PyObject* countActivation(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    activations++;
    return replaced(ts, frame, throwflag);
}

}  // namespace

Undisturbed::Undisturbed(bool watched)
    : errno_(errno), collects_(PyGC_Disable() != 0), error_(PyErr_Occurred()), watched_(watched) {
    std::fegetenv(&floatingPoint_);
    std::fesetenv(FE_DFL_ENV);
    if (watched_) {
        PyInterpreterState* interpreter = PyInterpreterState_Get();
        evaluator_ = _PyInterpreterState_GetEvalFrameFunc(interpreter);
        replaced = evaluator_;
        activations = 0;
        _PyInterpreterState_SetEvalFrameFunc(interpreter, countActivation);
    }
}

Undisturbed::~Undisturbed() {
    if (watched_) {
        _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), evaluator_);
    }
    std::fesetenv(&floatingPoint_);
    if (collects_) {
        PyGC_Enable();
    }
    errno = errno_;
}

const char* Undisturbed::disturbance() const {
    if (watched_ && activations != 0) {
        return "Python code ran";
    }
    return PyErr_Occurred() != error_ ? "an exception was set or lost" : nullptr;
}

}  // namespace pyjion::python
