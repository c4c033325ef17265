// SPDX-License-Identifier: MIT
// Changes of a reference count that Py_INCREF and Py_DECREF do not express: those after which the object may have none,
// because the caller goes on with it. In CPython's debug build the total of all references changes too.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// The total of all references; null where there is none.
inline Py_ssize_t* referenceTotal() {
#ifdef Py_REF_DEBUG
    return &_Py_RefTotal;
#else
    return nullptr;
#endif
}

inline void addToTotal([[maybe_unused]] Py_ssize_t change) {
#ifdef Py_REF_DEBUG
    _Py_RefTotal += change;
#endif
}

/// Takes a reference away, and only that. Returns how many are left.
inline Py_ssize_t decrement(PyObject* object) {
    addToTotal(-1);
    return --object->ob_refcnt;
}

inline void increment(PyObject* object) {
    addToTotal(1);
    object->ob_refcnt++;
}

}  // namespace pyjion::python
