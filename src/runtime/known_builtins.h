// SPDX-License-Identifier: MIT
// Calls of builtins that the compiler knows and has guarded: what the interpreter has specialised forms of PRECALL for.
// The callable and the arguments are consumed.
#pragma once

#include <Python.h>

namespace pyjion::runtime {

PyObject* callIsInstance(PyThreadState* ts, PyObject* callable, PyObject* object, PyObject* type);

/// list.append().
PyObject* callAppend(PyThreadState* ts, PyObject* callable, PyObject* list, PyObject* item);

/// min() and max(), without names. The slots are the callable and the arguments.
PyObject* callMin(PyThreadState* ts, PyObject** slots, int64_t count);
PyObject* callMax(PyThreadState* ts, PyObject** slots, int64_t count);

/// Builtin functions, by their convention: METH_NOARGS, METH_O, METH_FASTCALL with or without METH_KEYWORDS. The slots
/// are the callable and the arguments.
PyObject* callBuiltinNone(PyThreadState* ts, PyObject* callable);
PyObject* callBuiltinOne(PyThreadState* ts, PyObject* callable, PyObject* argument);
PyObject* callBuiltinFast(PyThreadState* ts, PyObject** slots, int64_t count);

/// Classes of CPython's own.
PyObject* callBuiltinClass(PyThreadState* ts, PyObject** slots, int64_t count);

/// Methods of builtin types likewise: their descriptors, self, the arguments. (Instances of derived classes find the
/// same descriptors, and are called by vectorcall, as the interpreter does.)
PyObject* callMethodNone(PyThreadState* ts, PyObject* callable, PyObject* self);
PyObject* callMethodOne(PyThreadState* ts, PyObject* callable, PyObject* self, PyObject* argument);
PyObject* callMethodFast(PyThreadState* ts, PyObject** slots, int64_t count);

}  // namespace pyjion::runtime
