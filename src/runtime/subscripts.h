// SPDX-License-Identifier: MIT
// Subscripts: BINARY_SUBSCR, STORE_SUBSCR, DELETE_SUBSCR, BUILD_SLICE. Operands are consumed. Lists and tuples with
// small ints, and dicts, are read and written here; everything else goes to CPython.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

PyObject* binarySubscript(PyObject* container, PyObject* key);
/// container[key] = value, the operands in the order of the stack.
int32_t storeSubscript(PyObject* value, PyObject* container, PyObject* key);
int32_t deleteSubscript(PyObject* container, PyObject* key);
PyObject* buildSlice(PyObject* start, PyObject* stop);
PyObject* buildSteppedSlice(PyObject* start, PyObject* stop, PyObject* step);

}  // namespace pyjion::runtime
