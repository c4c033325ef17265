// SPDX-License-Identifier: MIT
#include "runtime/attributes.h"

#include "runtime/finish.h"

namespace pyjion::runtime {

PyObject* loadAttr(PyObject* owner, Site* site) {
    PyObject* result = PyObject_GetAttr(owner, site->name);
    Py_DECREF(owner);
    return finish(result);
}

int32_t loadMethod(PyObject* owner, Site* site, PyObject** results) {
    PyObject* method = nullptr;
    const int unbound = _PyObject_GetMethod(owner, site->name, &method);
    if (method == nullptr) {
        Py_DECREF(owner);
        return -1;
    }
    if (unbound != 0) {
        results[0] = method;
        results[1] = owner;
    } else {
        results[0] = nullptr;
        results[1] = method;
        Py_DECREF(owner);
    }
    return finishStatus(0);
}

int32_t storeAttr(PyObject* value, PyObject* owner, Site* site) {
    const int status = PyObject_SetAttr(owner, site->name, value);
    Py_DECREF(value);
    Py_DECREF(owner);
    return finishStatus(status);
}

int32_t deleteAttr(PyObject* owner, PyObject* name) {
    const int status = PyObject_SetAttr(owner, name, nullptr);
    Py_DECREF(owner);
    return finishStatus(status);
}

}  // namespace pyjion::runtime
