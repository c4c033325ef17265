// SPDX-License-Identifier: MIT
// Looking into exact ints and floats, for the fast paths of this folder's helpers.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/int_objects.h"

namespace pyjion::runtime {

inline bool isExactInt(PyObject* object) {
    return Py_IS_TYPE(object, &PyLong_Type);
}
inline bool isExactFloat(PyObject* object) {
    return Py_IS_TYPE(object, &PyFloat_Type);
}

using python::isSmall;
using python::smallValue;

inline double& floatValue(PyObject* exactFloat) {
    return reinterpret_cast<PyFloatObject*>(exactFloat)->ob_fval;
}

/// Whether `object` is an int or float whose value a double has exactly; then sets `value`. Ints of more than one digit
/// are left to CPython.
inline bool asDouble(PyObject* object, double& value) {
    if (isExactFloat(object)) {
        value = floatValue(object);
        return true;
    }
    if (isExactInt(object) && isSmall(object)) {
        value = static_cast<double>(smallValue(object));
        return true;
    }
    return false;
}

/// A float with this value, consuming two exact ints or floats: a float among them that nobody else holds is reused.
/// Null with MemoryError.
inline PyObject* floatResult(PyObject* left, PyObject* right, double value) {
    if (isExactFloat(left) && Py_REFCNT(left) == 1) {
        floatValue(left) = value;
        Py_DECREF(right);
        return left;
    }
    if (isExactFloat(right) && Py_REFCNT(right) == 1) {
        floatValue(right) = value;
        Py_DECREF(left);
        return right;
    }
    PyObject* result = PyFloat_FromDouble(value);
    Py_DECREF(left);
    Py_DECREF(right);
    return result;
}

}  // namespace pyjion::runtime
