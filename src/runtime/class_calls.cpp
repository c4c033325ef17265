// SPDX-License-Identifier: MIT
#include "runtime/class_calls.h"

#include <optional>

#include "python/collector.h"
#include "python/dead_instances.h"
#include "runtime/interned.h"

namespace pyjion::runtime {

namespace {

PyObject* emptyTuple() {
    static PyObject* const tuple = PyTuple_New(0);  // the one that there is: no memory is needed
    return tuple;
}

}  // namespace

/// A class without an __init__ in C has the slot that looks __init__ up by this very function.
PyFunctionObject* initialiserOf(PyTypeObject* type) {
    static PyObject* const name = interned("__init__");
    if (!Py_IS_TYPE(type, &PyType_Type) || type->tp_new != PyBaseObject_Type.tp_new ||
        (type->tp_flags & (Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_IS_ABSTRACT)) != Py_TPFLAGS_HEAPTYPE) {
        return nullptr;
    }
    PyObject* found = _PyType_Lookup(type, name);
    return found != nullptr && Py_IS_TYPE(found, &PyFunction_Type) ? reinterpret_cast<PyFunctionObject*>(found)
                                                                   : nullptr;
}

namespace {

/// While the collector is not due, or does not run.
PyObject* makeInstance(PyTypeObject* type) {
    PyObject* instance = python::reviveInstance(type);
    return instance != nullptr ? instance : type->tp_new(type, emptyTuple(), nullptr);
}

}  // namespace

PyObject* newInstance(PyTypeObject* type) {
    return python::collectorIsDue() ? type->tp_new(type, emptyTuple(), nullptr) : makeInstance(type);
}

PyObject* newInstanceQuietly(PyObject* type) {
    std::optional<python::WithoutCollector> pause;
    if (python::collectorIsDue()) {
        if (!python::collectAtNextCheck()) {
            return nullptr;
        }
        pause.emplace();
    }
    PyObject* instance = makeInstance(reinterpret_cast<PyTypeObject*>(type));
    if (instance == nullptr) {
        PyErr_Clear();
    }
    return instance;
}

}  // namespace pyjion::runtime
