// SPDX-License-Identifier: MIT
// `sequence[start:stop]` without an object for the slice, as CPython does it for its own types (list_subscript,
// tuplesubscript, unicode_subscript, bytes_subscript; PySlice_AdjustIndices).
#pragma once

#include <Python.h>

namespace pyjion::python {

/// Of an exact list, tuple, str or bytes, with bounds that are None or ints of one digit. False where that is not so;
/// else `result` is a new reference, or null with an exception set.
bool sliceOf(PyObject* sequence, PyObject* start, PyObject* stop, PyObject*& result);

/// Whether that makes no object that the garbage collector knows, so that it cannot run Python code.
inline bool isSlicedQuietly(PyObject* sequence) {
    return PyUnicode_CheckExact(sequence) || PyBytes_CheckExact(sequence);
}

}  // namespace pyjion::python
