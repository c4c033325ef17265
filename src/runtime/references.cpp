// SPDX-License-Identifier: MIT
// Giving references back from compiled code.
#include "runtime/references.h"

#include "python/int_objects.h"
#include "python/quiet_end.h"
#include "runtime/boxing.h"
#include "runtime/finish.h"

namespace pyjion::runtime {

int32_t dealloc(PyObject* object) {
    return python::bury(object) ? mustLeave(python::currentThread()) : 0;
}

int32_t deallocDecided(PyObject* object, int32_t decision) {
    return python::bury(object) ? decided(python::currentThread(), decision) : decision;
}

int32_t endsQuietly(PyObject* object) {
    return python::endsQuietly(object) ? 1 : 0;
}

int32_t askedToLeave() {
    return mustLeave(python::currentThread());
}

int32_t release(PyObject* object) {
    return object != nullptr && python::releaseObject(object) ? mustLeave(python::currentThread()) : 0;
}

int32_t storeLocal(PyObject** slot, PyObject* value) {
    // The slot is rebound first: the old object's finalizer may look at the frame.
    PyObject* old = *slot;
    *slot = value;
    return release(old);
}

void deallocAndStay(PyObject* object) {
    python::bury(object);
}

void releaseAndStay(PyObject* object) {
    if (object != nullptr) {
        python::releaseObject(object);
    }
}

void storeLocalAndStay(PyObject** slot, PyObject* value) {
    PyObject* old = *slot;
    *slot = value;
    releaseAndStay(old);
}

namespace {

bool isOwn(PyObject* object, PyTypeObject* type) {
    return object != nullptr && Py_IS_TYPE(object, type) && Py_REFCNT(object) == 1;
}

}  // namespace

void writeInt(PyObject** slot, int64_t value) {
    PyObject* old = *slot;
    if (isOwn(old, &PyLong_Type) && Py_SIZE(old) == 1 && python::isPositiveDigit(value)) {
        reinterpret_cast<PyLongObject*>(old)->ob_digit[0] = static_cast<digit>(value);
    } else {
        storeLocalAndStay(slot, boxInt(value));
    }
}

void writeDouble(PyObject** slot, double value) {
    PyObject* old = *slot;
    if (isOwn(old, &PyFloat_Type)) {
        reinterpret_cast<PyFloatObject*>(old)->ob_fval = value;
    } else {
        storeLocalAndStay(slot, boxDouble(value));
    }
}

}  // namespace pyjion::runtime
