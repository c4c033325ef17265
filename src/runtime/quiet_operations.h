// SPDX-License-Identifier: MIT
// Operations of inlined code, which has no frame that Python code could look at: each is done as a whole without any
// being run, or it is refused with nothing done, and the interpreter does it where the frame is. Operands are borrowed.
// A refusal is null or -1 without an exception.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// `operation` is hir::BinaryOperator, `comparison` one of Py_LT ... Py_GE. New references.
PyObject* quietBinary(PyObject* left, PyObject* right, int64_t operation);
PyObject* quietCompare(PyObject* left, PyObject* right, int64_t comparison);
int32_t quietTruth(PyObject* object);
int32_t quietContains(PyObject* item, PyObject* container);
/// container[key]
PyObject* quietItem(PyObject* container, PyObject* key);
PyObject* quietSlice(PyObject* sequence, PyObject* start, PyObject* stop);
/// len(object) of the builtin itself; -1 when it cannot be told.
int64_t quietLength(PyObject* object);
/// isinstance(object, type) of the builtin itself.
PyObject* quietIsInstance(PyObject* object, PyObject* type);

}  // namespace pyjion::runtime
