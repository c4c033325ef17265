// SPDX-License-Identifier: MIT
// Calls of builtins that the compiler knows and has guarded: what the interpreter has specialised forms of PRECALL for.
// The callable and the arguments are consumed.
#pragma once

#include <Python.h>

namespace pyjion::runtime {

PyObject* callIsInstance(PyThreadState* ts, PyObject* callable, PyObject* object, PyObject* type);

/// list.append().
PyObject* callAppend(PyThreadState* ts, PyObject* callable, PyObject* list, PyObject* item);

/// A builtin function that takes one argument (METH_O).
PyObject* callBuiltinOne(PyThreadState* ts, PyObject* callable, PyObject* argument);

}  // namespace pyjion::runtime
