// SPDX-License-Identifier: MIT
// Types of objects of ours that the interpreter meets where Python code never sees them. Not made ready, as
// PyType_Ready() does it: that would show them among the subclasses of their base.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// The rest of the slots is the caller's; the type lives as long as the process.
template <typename Object>
PyTypeObject bareType(const char* name) {
    PyTypeObject made{};
    Py_SET_REFCNT(reinterpret_cast<PyObject*>(&made), 1);
    Py_SET_TYPE(reinterpret_cast<PyObject*>(&made), &PyType_Type);
    made.tp_name = name;
    made.tp_basicsize = sizeof(Object);
    return made;
}

}  // namespace pyjion::python
