// SPDX-License-Identifier: MIT
#include "runtime/operators.h"

#include "python/int_objects.h"
#include "runtime/attribute_cache.h"
#include "runtime/calls.h"
#include "runtime/finish.h"

namespace pyjion::runtime {

void noteOperand(Site* site, PyObject* left, python::OperatorNumber number) {
    PyTypeObject* type = Py_TYPE(left);
    const bool isOfPython = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) != 0;
    const bool isKnown = type->tp_version_tag != 0 && site->classes.contains(type->tp_version_tag);
    if (!isOfPython || isKnown || site->classes.isClosed() || python::operatorMethod(type, number) == nullptr) {
        return;
    }
    if (const uint32_t version = assuredVersion(type); version != 0) {
        site->classes.note(version);
    }
}

int32_t isDerived(PyObject* right, PyObject* left) {
    return python::isDerived(right, left) ? 1 : 0;
}

PyObject* finishOperator(PyObject* returned, PyObject* left, PyObject* right, int64_t number) {
    return finish(python::finishOperator(static_cast<python::OperatorNumber>(number), left, right, returned));
}

PyObject* callGetter(PyThreadState* ts, PyObject* function, PyObject* owner) {
    PyObject* returned = callUnaryAndStay(ts, Py_NewRef(function), Py_NewRef(owner));
    python::releaseObject(owner);
    return finish(ts, returned);
}

PyObject* callOperator(PyThreadState* ts, PyObject* function, PyObject* left, PyObject* right, int64_t number) {
    PyObject* returned = callBinaryAndStay(ts, Py_NewRef(function), Py_NewRef(left), Py_NewRef(right));
    return finishOperator(returned, left, right, number);
}

}  // namespace pyjion::runtime
