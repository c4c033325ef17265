// SPDX-License-Identifier: MIT
// Giving references back from compiled code.
#include "runtime/references.h"

#include "runtime/finish.h"

namespace pyjion::runtime {

int32_t dealloc(PyObject* object) {
    _Py_Dealloc(object);
    return mustLeave(python::currentThread());
}

int32_t release(PyObject* object) {
    if (object == nullptr || --object->ob_refcnt != 0) {
        return 0;
    }
    return dealloc(object);
}

int32_t storeLocal(PyObject** slot, PyObject* value) {
    // The slot is rebound first: the old object's finalizer may look at the frame.
    PyObject* old = *slot;
    *slot = value;
    return release(old);
}

void deallocAndStay(PyObject* object) {
    _Py_Dealloc(object);
}

void releaseAndStay(PyObject* object) {
    Py_XDECREF(object);
}

void storeLocalAndStay(PyObject** slot, PyObject* value) {
    PyObject* old = *slot;
    *slot = value;
    Py_XDECREF(old);
}

}  // namespace pyjion::runtime
