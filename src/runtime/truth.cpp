// SPDX-License-Identifier: MIT
// Truth values, unary operators and membership tests.
#include "runtime/truth.h"

#include "python/int_objects.h"
#include "python/lookup.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"

namespace pyjion::runtime {
namespace {

PyObject* slowUnary(PyObject* object, unaryfunc generic) {
    PyObject* result = generic(object);
    Py_DECREF(object);
    return finish(result);
}

/// PyObject_IsTrue, without the way through the slots of what is tested most often.
inline int isTrue(PyObject* object) {
    if (object == Py_None) {
        return 0;
    }
    if (PyList_CheckExact(object) || PyTuple_CheckExact(object)) {
        return Py_SIZE(object) != 0 ? 1 : 0;
    }
    if (PyUnicode_CheckExact(object) && PyUnicode_IS_READY(object)) {
        return PyUnicode_GET_LENGTH(object) != 0 ? 1 : 0;
    }
    if (PyDict_CheckExact(object)) {
        return PyDict_GET_SIZE(object) != 0 ? 1 : 0;
    }
    return PyObject_IsTrue(object);
}

/// Whether one of them is equal to a key; -1 where CPython has to compare.
int containsKey(PyObject* const* items, Py_ssize_t count, PyObject* key) {
    for (Py_ssize_t i = 0; i < count; i++) {
        const python::Looked looked = python::compareKeys(items[i], key);
        if (looked != python::Looked::Missing) {
            return looked == python::Looked::Found ? 1 : -1;
        }
    }
    return 0;
}

/// Membership that takes no Python code; -1 where CPython has to look.
int containsAtHand(PyObject* item, PyObject* container) {
    if (PyDict_CheckExact(container)) {
        return python::hasKey(container, item);
    }
    const bool isSequence = PyTuple_CheckExact(container) || PyList_CheckExact(container);
    return isSequence ? containsKey(PySequence_Fast_ITEMS(container), Py_SIZE(container), item) : -1;
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
    const int result = isTrue(object);
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
    int found = containsAtHand(item, container);
    const bool ran = found < 0;
    if (ran) {
        found = PySequence_Contains(container, item);
    }
    const bool died = python::releaseObject(item);
    const bool mayHaveRun = python::releaseObject(container) || died || ran;
    if (found < 0) {
        return nullptr;
    }
    PyObject* result = Py_NewRef((found != 0) != (negated != 0) ? Py_True : Py_False);
    return mayHaveRun ? finish(result) : result;
}

}  // namespace pyjion::runtime
