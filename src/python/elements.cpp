// SPDX-License-Identifier: MIT
#include "python/elements.h"

#include <cstring>
#include <iterator>

namespace pyjion::python {
namespace {

/// A type of the module `array`. Another may have its name, but no class that Python code makes is immutable.
bool isArrayType(PyTypeObject* type) {
    constexpr unsigned long kFlags = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_IMMUTABLETYPE;
    return (type->tp_flags & kFlags) == kFlags && std::strcmp(type->tp_name, "array.array") == 0;
}

template <typename T>
T at(const void* object, int32_t offset) {
    T value;
    std::memcpy(&value, static_cast<const char*>(object) + offset, sizeof value);
    return value;
}

char typecodeOf(PyObject* array) {
    return *at<const char*>(array, abi::kArrayDescription);
}

/// Whether the row says of an object what the object says itself.
bool isRowOf(const Elements& row, PyObject* object, const Py_buffer& view) {
    const void* numbers =
        row.isInObject ? reinterpret_cast<const char*>(object) + row.place : at<const void*>(object, row.place);
    return std::strcmp(row.format, view.format) == 0 && view.itemsize == Py_ssize_t{1} << row.bytesLog2 &&
           view.len > 0 && view.len >> row.bytesLog2 == Py_SIZE(object) && numbers == view.buf &&
           (!row.isArray || typecodeOf(object) == row.format[0]);
}

}  // namespace

std::optional<uint32_t> elementsOf(PyObject* object) {
    const bool isArray = isArrayType(Py_TYPE(object));
    if (!isArray && !PyBytes_CheckExact(object) && !PyByteArray_CheckExact(object)) {
        return std::nullopt;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_FORMAT) != 0) {
        PyErr_Clear();
        return std::nullopt;
    }
    std::optional<uint32_t> found;
    for (uint32_t kind = 0; kind < std::size(kElements) && !found; ++kind) {
        const Elements& row = kElements[kind];
        if (row.isArray == isArray && row.isInObject == (PyBytes_CheckExact(object) != 0) &&
            isRowOf(row, object, view)) {
            found = kind;
        }
    }
    PyBuffer_Release(&view);
    return found;
}

bool isOfKind(PyObject* object, uint32_t kind) {
    return !kElements[kind].isArray || typecodeOf(object) == kElements[kind].format[0];
}

}  // namespace pyjion::python
