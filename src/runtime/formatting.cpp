// SPDX-License-Identifier: MIT
#include "runtime/formatting.h"

#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// Consumes the value; null with an exception set.
PyObject* convert(PyObject* value, int32_t conversion) {
    using Conversion = PyObject* (*)(PyObject*);
    static constexpr Conversion kConversions[] = {nullptr, PyObject_Str, PyObject_Repr, PyObject_ASCII};
    const Conversion function = kConversions[conversion & 3];
    if (function == nullptr) {
        return value;
    }
    PyObject* result = function(value);
    Py_DECREF(value);
    return result;
}

}  // namespace

PyObject* formatValue(PyObject* value, int32_t conversion) {
    value = convert(value, conversion);
    if (value == nullptr || PyUnicode_CheckExact(value)) {
        return finish(value);
    }
    PyObject* result = PyObject_Format(value, nullptr);
    Py_DECREF(value);
    return finish(result);
}

PyObject* formatBySpec(PyObject* value, PyObject* spec, int32_t conversion) {
    value = convert(value, conversion);
    PyObject* result = nullptr;
    if (value != nullptr) {
        result = PyObject_Format(value, spec);
        Py_DECREF(value);
    }
    Py_DECREF(spec);
    return finish(result);
}

PyObject* buildString(PyObject** pieces, int64_t count) {
    PyObject* empty = PyUnicode_New(0, 0);  // the one empty string, no new object
    PyObject* result = empty != nullptr ? _PyUnicode_JoinArray(empty, pieces, count) : nullptr;
    Py_XDECREF(empty);
    while (count > 0) {
        Py_DECREF(pieces[--count]);
    }
    return finish(result);
}

}  // namespace pyjion::runtime
