// SPDX-License-Identifier: MIT
// Classes written in Python whose instances end by giving their attributes back, and in no other way.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// tp_dealloc of classes that are written in Python.
destructor deallocOfClasses();

/// A class whose bases are classes in Python and object, without finalizer and without slots.
bool isPlainClass(PyTypeObject* type);

bool hasWeakReferences(PyObject* object, PyTypeObject* type);

}  // namespace pyjion::python
