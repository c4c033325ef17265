// SPDX-License-Identifier: MIT
// The word of an interpreter that names its frame evaluator (PEP 523), for where the functions that read and write it
// are too slow.
#pragma once

#include <Python.h>

#include "python/abi.h"
#include "python/frame.h"

namespace pyjion::python {

/// Null for CPython's own.
inline _PyFrameEvalFunction& evaluator(PyInterpreterState* interpreter) {
    return field<_PyFrameEvalFunction>(interpreter, abi::kInterpreterEvaluator);
}

}  // namespace pyjion::python
