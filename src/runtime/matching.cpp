// SPDX-License-Identifier: MIT
// match_keys() and match_class() of the interpreter are not exported; what they do is done here through functions that
// are.
#include "runtime/matching.h"

#include "runtime/finish.h"
#include "runtime/interned.h"

namespace pyjion::runtime {
namespace {

PyObject* hasFlag(PyObject* subject, unsigned long flag) {
    return Py_NewRef(PyType_HasFeature(Py_TYPE(subject), flag) != 0 ? Py_True : Py_False);
}

/// What matching a mapping's keys needs; all owned, null where not made yet.
struct KeySearch {
    PyObject* get = nullptr;
    bool isMethod = false;     // `get` takes the mapping as its first argument
    PyObject* seen = nullptr;  // set of the keys so far
    PyObject* missing = nullptr;
    PyObject* values = nullptr;

    bool prepare(PyObject* mapping, Py_ssize_t count) {
        static PyObject* const getName = interned("get");
        isMethod = _PyObject_GetMethod(mapping, getName, &get) != 0;
        if (get == nullptr) {
            return false;
        }
        seen = PySet_New(nullptr);
        if (seen == nullptr) {
            return false;
        }
        missing = PyObject_CallNoArgs(reinterpret_cast<PyObject*>(&PyBaseObject_Type));
        if (missing == nullptr) {
            return false;
        }
        values = PyTuple_New(count);
        return values != nullptr;
    }

    /// The value of a key, `missing` when there is none; null with an exception set. New reference.
    PyObject* valueOf(PyObject* mapping, PyObject* key) const {
        PyObject* arguments[] = {mapping, key, missing};
        return isMethod ? PyObject_Vectorcall(get, arguments, 3, nullptr)
                        : PyObject_Vectorcall(get, arguments + 1, 2, nullptr);
    }

    void release() {
        Py_XDECREF(get);
        Py_XDECREF(seen);
        Py_XDECREF(missing);
    }
};

/// Adds to a set what must not be in it; false with an exception set or, when it is there, without one.
bool addNew(PyObject* seen, PyObject* item) {
    return PySet_Contains(seen, item) == 0 && PySet_Add(seen, item) == 0;
}

/// Fills the search's values. The result, new reference: the values, None, or null with an exception set.
PyObject* findValues(KeySearch& search, PyObject* mapping, PyObject* keys) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keys); i++) {
        PyObject* key = PyTuple_GET_ITEM(keys, i);
        if (!addNew(search.seen, key)) {
            if (PyErr_Occurred() == nullptr) {
                PyErr_Format(PyExc_ValueError, "mapping pattern checks duplicate key (%R)", key);
            }
            return nullptr;
        }
        PyObject* value = search.valueOf(mapping, key);
        if (value == nullptr) {
            return nullptr;
        }
        if (value == search.missing) {
            Py_DECREF(value);
            Py_CLEAR(search.values);
            return Py_NewRef(Py_None);
        }
        PyTuple_SET_ITEM(search.values, i, value);
    }
    return Py_NewRef(search.values);
}

PyObject* valuesOfKeys(PyObject* mapping, PyObject* keys) {
    const Py_ssize_t count = PyTuple_GET_SIZE(keys);
    if (count == 0) {
        return PyTuple_New(0);
    }
    KeySearch search;
    PyObject* result = search.prepare(mapping, count) ? findValues(search, mapping, keys) : nullptr;
    search.release();
    Py_XDECREF(search.values);
    return result;
}

const char* nameOf(PyObject* type) {
    return reinterpret_cast<PyTypeObject*>(type)->tp_name;
}

/// Appends an attribute of the subject. False without an exception when the subject does not have it.
bool appendAttribute(PyObject* attributes, PyObject* subject, PyObject* type, PyObject* name, PyObject* seen) {
    if (!addNew(seen, name)) {
        if (PyErr_Occurred() == nullptr) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple sub-patterns for attribute %R", nameOf(type), name);
        }
        return false;
    }
    PyObject* value = PyObject_GetAttr(subject, name);
    if (value == nullptr) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
        }
        return false;
    }
    PyList_Append(attributes, value);
    Py_DECREF(value);
    return true;
}

/// The class's `__match_args__`; an empty tuple when it has none, and then some builtin types match the subject itself.
PyObject* matchArguments(PyObject* type, bool& matchesSelf) {
    PyObject* names = PyObject_GetAttrString(type, "__match_args__");
    matchesSelf = false;
    if (names == nullptr) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return nullptr;
        }
        PyErr_Clear();
        matchesSelf = PyType_HasFeature(reinterpret_cast<PyTypeObject*>(type), _Py_TPFLAGS_MATCH_SELF) != 0;
        return PyTuple_New(0);
    }
    if (!PyTuple_CheckExact(names)) {
        PyErr_Format(PyExc_TypeError, "%s.__match_args__ must be a tuple (got %s)", nameOf(type),
                     Py_TYPE(names)->tp_name);
        Py_DECREF(names);
        return nullptr;
    }
    return names;
}

bool appendNamed(PyObject* attributes, PyObject* subject, PyObject* type, PyObject* names, int32_t count,
                 PyObject* seen) {
    for (int32_t i = 0; i < count; i++) {
        PyObject* name = PyTuple_GET_ITEM(names, i);
        if (!PyUnicode_CheckExact(name)) {
            PyErr_Format(PyExc_TypeError, "__match_args__ elements must be strings (got %s)", Py_TYPE(name)->tp_name);
            return false;
        }
        if (!appendAttribute(attributes, subject, type, name, seen)) {
            return false;
        }
    }
    return true;
}

bool appendPositional(PyObject* attributes, PyObject* subject, PyObject* type, int32_t count, PyObject* seen) {
    bool matchesSelf = false;
    PyObject* names = matchArguments(type, matchesSelf);
    if (names == nullptr) {
        return false;
    }
    const int allowed = matchesSelf ? 1 : static_cast<int>(PyTuple_GET_SIZE(names));
    bool matched = false;
    if (allowed < count) {
        PyErr_Format(PyExc_TypeError, "%s() accepts %d positional sub-pattern%s (%d given)", nameOf(type), allowed,
                     allowed == 1 ? "" : "s", count);
    } else if (matchesSelf) {
        PyList_Append(attributes, subject);
        matched = true;
    } else {
        matched = appendNamed(attributes, subject, type, names, count, seen);
    }
    Py_DECREF(names);
    return matched;
}

bool appendKeywords(PyObject* attributes, PyObject* subject, PyObject* type, PyObject* names, PyObject* seen) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        if (!appendAttribute(attributes, subject, type, PyTuple_GET_ITEM(names, i), seen)) {
            return false;
        }
    }
    return true;
}

/// New reference to a tuple; null with an exception set, or without one when the pattern does not match.
PyObject* attributesOf(PyObject* subject, PyObject* type, PyObject* names, int32_t positional) {
    if (!PyType_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "called match pattern must be a type");
        return nullptr;
    }
    if (PyObject_IsInstance(subject, type) <= 0) {
        return nullptr;
    }
    PyObject* seen = PySet_New(nullptr);
    if (seen == nullptr) {
        return nullptr;
    }
    PyObject* attributes = PyList_New(0);
    PyObject* result = nullptr;
    if (attributes != nullptr) {
        const bool matches = (positional == 0 || appendPositional(attributes, subject, type, positional, seen)) &&
                             appendKeywords(attributes, subject, type, names, seen);
        result = matches ? PyList_AsTuple(attributes) : nullptr;
    }
    if (result != nullptr) {
        Py_DECREF(attributes);
        Py_DECREF(seen);
    } else {
        Py_DECREF(seen);
        Py_XDECREF(attributes);
    }
    return result;
}

}  // namespace

PyObject* getLength(PyObject* subject) {
    const Py_ssize_t length = PyObject_Length(subject);
    return length < 0 ? nullptr : finish(PyLong_FromSsize_t(length));
}

PyObject* matchMapping(PyObject* subject) {
    return hasFlag(subject, Py_TPFLAGS_MAPPING);
}

PyObject* matchSequence(PyObject* subject) {
    return hasFlag(subject, Py_TPFLAGS_SEQUENCE);
}

PyObject* matchKeys(PyObject* subject, PyObject* keys) {
    return finish(valuesOfKeys(subject, keys));
}

PyObject* matchClass(PyObject* subject, PyObject* type, PyObject* names, int32_t positional) {
    PyObject* result = attributesOf(subject, type, names, positional);
    Py_DECREF(names);
    Py_DECREF(type);
    if (result == nullptr && PyErr_Occurred() == nullptr) {
        result = Py_NewRef(Py_None);
    }
    Py_DECREF(subject);
    return finish(result);
}

}  // namespace pyjion::runtime
