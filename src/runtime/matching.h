// SPDX-License-Identifier: MIT
// Structural pattern matching: GET_LEN and the MATCH_* instructions. The subject (and the keys) are borrowed, except by
// matchClass, which consumes its operands.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

PyObject* getLength(PyObject* subject);
PyObject* matchMapping(PyObject* subject);
PyObject* matchSequence(PyObject* subject);
/// A tuple of the keys' values, or None.
PyObject* matchKeys(PyObject* subject, PyObject* keys);
/// A tuple of the attributes that the sub-patterns name, the first `positional` through `__match_args__`; or None.
PyObject* matchClass(PyObject* subject, PyObject* type, PyObject* names, int32_t positional);

}  // namespace pyjion::runtime
