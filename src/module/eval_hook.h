// SPDX-License-Identifier: MIT
// Where CPython's calls reach the JIT: the frame evaluator of PEP 523. Functions that have come here are called by
// function_call.h afterwards.
#pragma once

#include <Python.h>

struct _PyInterpreterFrame;

namespace pyjion::module {

/// The evaluator that enable() installs. What it does not run itself goes to the evaluator that was installed before.
PyObject* evaluate(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag);

}  // namespace pyjion::module
