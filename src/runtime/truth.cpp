// SPDX-License-Identifier: MIT
// Truth values, unary operators and membership tests.
#include "runtime/truth.h"

#include "python/int_objects.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"

namespace pyjion::runtime {
namespace {

PyObject* slowUnary(PyObject* object, unaryfunc generic) {
    PyObject* result = generic(object);
    Py_DECREF(object);
    return finish(result);
}

}  // namespace

int32_t truthOfPlain(PyObject* object, Site* site) {
    if (PyBool_Check(object)) {
        site->seenLeft |= kBoolBit;
        const bool isTrue = object == Py_True;
        Py_DECREF(object);
        return isTrue;
    }
    recordType(site->seenLeft, object);
    const int result = PyObject_IsTrue(object);
    Py_DECREF(object);
    return result;
}

int32_t truth(PyObject* object, Site* site) {
    if (PyBool_Check(object)) {
        return truthOfPlain(object, site);
    }
    return decided(python::currentThread(), truthOfPlain(object, site));
}

int32_t isNone(PyObject* object) {
    const bool result = object == Py_None;
    return python::releaseObject(object) ? decided(python::currentThread(), result) : result;
}

int32_t isSame(PyObject* left, PyObject* right, int32_t negated) {
    const bool result = (left == right) != (negated != 0);
    // In the interpreter's order; both are released whatever the first finalizer does.
    const bool ranLeft = python::releaseObject(left);
    const bool ranRight = python::releaseObject(right);
    return ranLeft || ranRight ? decided(python::currentThread(), result) : result;
}

PyObject* unaryNegative(PyObject* object, Site* site) {
    recordType(site->seenLeft, object);
    if (isExactInt(object) && isSmall(object)) {
        const int64_t value = smallValue(object);
        python::releaseInt(object);
        return python::makeInt(-value);
    }
    if (isExactFloat(object)) {
        const double value = -floatValue(object);
        if (Py_REFCNT(object) == 1) {
            floatValue(object) = value;
            return object;
        }
        PyObject* result = PyFloat_FromDouble(value);
        Py_DECREF(object);
        return result;
    }
    return slowUnary(object, PyNumber_Negative);
}

PyObject* unaryPositive(PyObject* object, Site* site) {
    recordType(site->seenLeft, object);
    return slowUnary(object, PyNumber_Positive);
}

PyObject* unaryInvert(PyObject* object, Site* site) {
    recordType(site->seenLeft, object);
    return slowUnary(object, PyNumber_Invert);
}

PyObject* unaryNot(PyObject* object, Site* site) {
    const int32_t value = truthOfPlain(object, site);
    if (value < 0) {
        return nullptr;
    }
    PyObject* result = value != 0 ? Py_False : Py_True;
    Py_INCREF(result);
    return finish(result);
}

PyObject* contains(PyObject* item, PyObject* container, int32_t negated) {
    const int found = PySequence_Contains(container, item);
    Py_DECREF(item);
    Py_DECREF(container);
    if (found < 0) {
        return nullptr;
    }
    PyObject* result = (found != 0) != (negated != 0) ? Py_True : Py_False;
    Py_INCREF(result);
    return finish(result);
}

}  // namespace pyjion::runtime
