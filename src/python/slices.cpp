// SPDX-License-Identifier: MIT
#include "python/slices.h"

#include <algorithm>
#include <optional>

#include "python/int_objects.h"

namespace pyjion::python {
namespace {

/// The place among `size` items that a bound means.
std::optional<Py_ssize_t> placeOf(PyObject* bound, Py_ssize_t size, Py_ssize_t missing) {
    if (bound == Py_None) {
        return missing;
    }
    if (!PyLong_CheckExact(bound) || !isSmall(bound)) {
        return std::nullopt;
    }
    const Py_ssize_t place = smallValue(bound);
    return std::clamp<Py_ssize_t>(place < 0 ? place + size : place, 0, size);
}

std::optional<Py_ssize_t> sizeOf(PyObject* sequence) {
    if (PyList_CheckExact(sequence) || PyTuple_CheckExact(sequence) || PyBytes_CheckExact(sequence)) {
        return Py_SIZE(sequence);
    }
    const bool isText = PyUnicode_CheckExact(sequence) && PyUnicode_IS_READY(sequence);
    return isText ? std::optional(PyUnicode_GET_LENGTH(sequence)) : std::nullopt;
}

PyObject* bytesBetween(PyObject* bytes, Py_ssize_t first, Py_ssize_t end) {
    if (first == 0 && end == PyBytes_GET_SIZE(bytes)) {
        return Py_NewRef(bytes);
    }
    return PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes) + first, end - first);
}

}  // namespace

bool sliceOf(PyObject* sequence, PyObject* start, PyObject* stop, PyObject*& result) {
    const auto size = sizeOf(sequence);
    const auto first = size ? placeOf(start, *size, 0) : std::nullopt;
    const auto bound = first ? placeOf(stop, *size, *size) : std::nullopt;
    if (!bound) {
        return false;
    }
    const Py_ssize_t end = std::max(*first, *bound);
    if (PyList_CheckExact(sequence)) {
        result = PyList_GetSlice(sequence, *first, end);
    } else if (PyTuple_CheckExact(sequence)) {
        result = PyTuple_GetSlice(sequence, *first, end);
    } else if (PyBytes_CheckExact(sequence)) {
        result = bytesBetween(sequence, *first, end);
    } else {
        result = PyUnicode_Substring(sequence, *first, end);
    }
    return true;
}

}  // namespace pyjion::python
