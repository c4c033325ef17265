// SPDX-License-Identifier: MIT
// Where CPython's calls reach the JIT: the frame evaluator of PEP 523, and the vectorcall of functions that are
// compiled.
#pragma once

#include <Python.h>

struct _PyInterpreterFrame;

namespace pyjion::module {

/// The evaluator that enable() installs. What it does not run itself goes to the evaluator that was installed before.
PyObject* evaluate(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag);

}  // namespace pyjion::module
