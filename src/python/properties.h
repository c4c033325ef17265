// SPDX-License-Identifier: MIT
// The functions of properties (Objects/descrobject.c, whose struct no header has).
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

/// Where a property has the function that gets the attribute, in bytes from its beginning.
uint32_t getterOffset();

/// That function, where the object is exactly a property and has a Python function; else null. Borrowed.
PyObject* getterFunction(PyObject* object);

}  // namespace pyjion::python
