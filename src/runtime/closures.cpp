// SPDX-License-Identifier: MIT
#include "runtime/closures.h"

#include "runtime/finish.h"
#include "runtime/names.h"
#include "runtime/unbound_names.h"

namespace pyjion::runtime {

int32_t deleteFast(_PyInterpreterFrame* frame, int32_t index, PyObject** slot) {
    PyObject* old = *slot;
    if (old == nullptr) {
        raiseUnboundLocal(python::code(frame), index);
        return -1;
    }
    *slot = nullptr;
    Py_DECREF(old);
    return finishStatus(0);
}

/// An argument that is captured becomes the content of its cell. Making a cell may run the collector.
int32_t makeCell(PyObject** slot) {
    PyObject* initial = *slot;
    PyObject* cell = PyCell_New(initial);
    if (cell == nullptr) {
        return -1;
    }
    *slot = cell;
    Py_XDECREF(initial);
    return finishStatus(0);
}

int32_t copyFreeVars(_PyInterpreterFrame* frame, int32_t count) {
    PyCodeObject* code = python::code(frame);
    PyObject* closure = python::function(frame)->func_closure;
    PyObject** slots = python::slots(frame) + code->co_nlocals + code->co_nplaincellvars;
    for (int32_t i = 0; i < count; i++) {
        slots[i] = Py_NewRef(PyTuple_GET_ITEM(closure, i));
    }
    return 0;
}

PyObject* loadDeref(_PyInterpreterFrame* frame, int32_t index, PyObject** slot) {
    PyObject* value = PyCell_GET(*slot);
    if (value == nullptr) [[unlikely]] {
        raiseUnbound(python::code(frame), index);
        return nullptr;
    }
    return Py_NewRef(value);
}

PyObject* loadClassDeref(_PyInterpreterFrame* frame, int32_t index, PyObject** slot) {
    PyObject* value = lookInLocals(frame, PyTuple_GET_ITEM(python::code(frame)->co_localsplusnames, index));
    if (value == nullptr && PyErr_Occurred() == nullptr) {
        value = loadDeref(frame, index, slot);
    }
    return finish(value);
}

int32_t storeDeref(PyObject** slot, PyObject* value) {
    PyObject* old = PyCell_GET(*slot);
    PyCell_SET(*slot, value);
    Py_XDECREF(old);
    return finishStatus(0);
}

int32_t deleteDeref(_PyInterpreterFrame* frame, int32_t index, PyObject** slot) {
    PyObject* old = PyCell_GET(*slot);
    if (old == nullptr) {
        raiseUnbound(python::code(frame), index);
        return -1;
    }
    PyCell_SET(*slot, nullptr);
    Py_DECREF(old);
    return finishStatus(0);
}

}  // namespace pyjion::runtime
