// SPDX-License-Identifier: MIT
#include "runtime/quiet_operations.h"

#include <algorithm>
#include <iterator>

#include "python/lookup.h"
#include "python/slices.h"
#include "runtime/interned.h"

namespace pyjion::runtime {
namespace {

bool isNumber(PyObject* object) {
    return PyLong_CheckExact(object) || PyFloat_CheckExact(object) || PyBool_Check(object);
}

/// What compares and hashes without Python code, whatever it is compared with of these.
bool isPlain(PyObject* object) {
    return isNumber(object) || PyUnicode_CheckExact(object) || PyBytes_CheckExact(object) || object == Py_None;
}

/// An operation that may fail: what went wrong is found out by the interpreter.
PyObject* orRefuse(PyObject* result) {
    if (result == nullptr) {
        PyErr_Clear();
    }
    return result;
}

using Operator = PyObject* (*)(PyObject*, PyObject*);

/// In the order of hir::BinaryOperator; powers and products of matrices are left out.
constexpr Operator kOperators[] = {
    PyNumber_Add, PyNumber_Subtract, PyNumber_Multiply, PyNumber_TrueDivide, PyNumber_FloorDivide, PyNumber_Remainder,
    PyNumber_And, PyNumber_Or,       PyNumber_Xor,      PyNumber_Lshift,     PyNumber_Rshift,
};
constexpr int64_t kFirstInplace = 13;

bool comparesByIdentity(PyTypeObject* type) {
    return type->tp_richcompare == PyBaseObject_Type.tp_richcompare;
}

PyObject* itemOfSequence(PyObject* const* items, Py_ssize_t size, PyObject* key) {
    if (!PyLong_CheckExact(key)) {
        return nullptr;
    }
    Py_ssize_t index = PyLong_AsSsize_t(key);
    if (index == -1 && PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        return nullptr;
    }
    index += index < 0 ? size : 0;
    return index >= 0 && index < size ? Py_NewRef(items[index]) : nullptr;
}

/// How the length of an object is found (PyObject_Size).
lenfunc lengthFunction(PyTypeObject* type) {
    if (type->tp_as_sequence != nullptr && type->tp_as_sequence->sq_length != nullptr) {
        return type->tp_as_sequence->sq_length;
    }
    return type->tp_as_mapping != nullptr ? type->tp_as_mapping->mp_length : nullptr;
}

/// Those of containers whose length is a field, which classes that derive from them have as well unless they define
/// `__len__`.
bool readsField(lenfunc length) {
    static const lenfunc readers[] = {
        lengthFunction(&PyList_Type), lengthFunction(&PyTuple_Type),   lengthFunction(&PyDict_Type),
        lengthFunction(&PySet_Type),  lengthFunction(&PyUnicode_Type), lengthFunction(&PyBytes_Type),
    };
    return std::find(std::begin(readers), std::end(readers), length) != std::end(readers);
}

/// The size of a container whose length is a field; -1 for all else.
Py_ssize_t sizeOf(PyObject* object) {
    const lenfunc length = lengthFunction(Py_TYPE(object));
    return length != nullptr && readsField(length) ? length(object) : -1;
}

/// Whether `__class__` of instances is their type.
bool tellsItsType(PyTypeObject* type) {
    static PyObject* const name = interned("__class__");
    return type->tp_getattro == PyObject_GenericGetAttr && _PyType_Lookup(type, name) != nullptr &&
           _PyType_Lookup(type, name) == _PyType_Lookup(&PyBaseObject_Type, name);
}

}  // namespace

PyObject* quietBinary(PyObject* left, PyObject* right, int64_t operation) {
    operation -= operation >= kFirstInplace ? kFirstInplace : 0;
    if (isNumber(left) && isNumber(right) && operation < static_cast<int64_t>(std::size(kOperators))) {
        return orRefuse(kOperators[operation](left, right));
    }
    if (operation == 0 && PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right)) {
        return orRefuse(PyUnicode_Concat(left, right));
    }
    return nullptr;
}

PyObject* quietCompare(PyObject* left, PyObject* right, int64_t comparison) {
    if (isPlain(left) && isPlain(right)) {
        return orRefuse(PyObject_RichCompare(left, right, static_cast<int>(comparison)));
    }
    const bool isEquality = comparison == Py_EQ || comparison == Py_NE;
    if (isEquality && comparesByIdentity(Py_TYPE(left)) && comparesByIdentity(Py_TYPE(right))) {
        return PyBool_FromLong((left == right) == (comparison == Py_EQ));
    }
    return nullptr;
}

int32_t quietTruth(PyObject* object) {
    if (object == Py_True) {
        return 1;
    }
    if (object == Py_False || object == Py_None) {
        return 0;
    }
    if (isNumber(object)) {
        return PyObject_IsTrue(object);
    }
    PyTypeObject* type = Py_TYPE(object);
    if (type->tp_as_number != nullptr && type->tp_as_number->nb_bool != nullptr) {
        return -1;
    }
    if (const Py_ssize_t size = sizeOf(object); size >= 0) {
        return size != 0 ? 1 : 0;
    }
    const bool decides = (type->tp_as_mapping != nullptr && type->tp_as_mapping->mp_length != nullptr) ||
                         (type->tp_as_sequence != nullptr && type->tp_as_sequence->sq_length != nullptr);
    return decides ? -1 : 1;
}

int32_t quietContains(PyObject* item, PyObject* container) {
    if (PyDict_CheckExact(container)) {
        return python::hasKey(container, item);
    }
    if (PyUnicode_CheckExact(container) && PyUnicode_CheckExact(item)) {
        return PyUnicode_Contains(container, item);
    }
    const bool isList = PyList_CheckExact(container);
    if ((!isList && !PyTuple_CheckExact(container)) || !isPlain(item)) {
        return -1;
    }
    PyObject* const* items = PySequence_Fast_ITEMS(container);
    for (Py_ssize_t i = 0; i < Py_SIZE(container); i++) {
        if (items[i] == item) {
            return 1;
        }
        const int same = isPlain(items[i]) ? PyObject_RichCompareBool(item, items[i], Py_EQ) : -1;
        if (same != 0) {
            PyErr_Clear();
            return same;
        }
    }
    return 0;
}

PyObject* quietItem(PyObject* container, PyObject* key) {
    if (PyList_CheckExact(container)) {
        return itemOfSequence(reinterpret_cast<PyListObject*>(container)->ob_item, PyList_GET_SIZE(container), key);
    }
    if (PyTuple_CheckExact(container)) {
        return itemOfSequence(reinterpret_cast<PyTupleObject*>(container)->ob_item, PyTuple_GET_SIZE(container), key);
    }
    PyObject* value = nullptr;
    if (PyDict_CheckExact(container) && python::lookUp(container, key, value) == python::Looked::Found) {
        return Py_NewRef(value);
    }
    return nullptr;
}

PyObject* quietSlice(PyObject* sequence, PyObject* start, PyObject* stop) {
    PyObject* result = nullptr;
    if (python::isSlicedQuietly(sequence) && python::sliceOf(sequence, start, stop, result) && result == nullptr) {
        PyErr_Clear();  // where the call is made, there may be memory
    }
    return result;
}

int64_t quietLength(PyObject* object) {
    return sizeOf(object);
}

PyObject* quietIsInstance(PyObject* object, PyObject* type) {
    if (!Py_IS_TYPE(type, &PyType_Type)) {
        return nullptr;
    }
    if (PyObject_TypeCheck(object, reinterpret_cast<PyTypeObject*>(type))) {
        return Py_NewRef(Py_True);
    }
    return tellsItsType(Py_TYPE(object)) ? Py_NewRef(Py_False) : nullptr;
}

}  // namespace pyjion::runtime
