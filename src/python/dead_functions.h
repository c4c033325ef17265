// SPDX-License-Identifier: MIT
// Functions that died where compiled code gave their last reference back are kept for the next functions that it makes:
// a comprehension makes one, calls it and lets it go. A debug build counts its references, so everything is left to
// CPython there.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// The last reference to an object of PyFunction_Type is gone: it ends here, and what it holds may run finalizers.
/// False when nothing was done.
bool buryFunction(PyObject* function);

/// What PyFunction_New() would make: a new reference. Null when that has to make it, because none is kept or it might
/// run Python code.
PyObject* reviveFunction(PyCodeObject* code, PyObject* globals);

}  // namespace pyjion::python
