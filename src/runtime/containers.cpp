// SPDX-License-Identifier: MIT
#include "runtime/containers.h"

#include <cstring>

#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// As the interpreter pops them: the top first.
void releaseFromTop(PyObject** items, int64_t count) {
    while (count > 0) {
        Py_DECREF(items[--count]);
    }
}

/// The copied references belong to the new sequence.
void moveItems(PyObject** destination, PyObject** items, int64_t count) {
    std::memcpy(static_cast<void*>(destination), static_cast<const void*>(items),
                static_cast<size_t>(count) * sizeof(PyObject*));
}

PyObject* dictOf(PyObject* const* keys, PyObject* const* values, int64_t step, int64_t pairs) {
    PyObject* dict = PyDict_New();
    for (int64_t i = 0; dict != nullptr && i < pairs; i++) {
        if (PyDict_SetItem(dict, keys[i * step], values[i * step]) != 0) {
            Py_DECREF(dict);
            dict = nullptr;
        }
    }
    return dict;
}

bool isNoIterable(PyObject* object) {
    return Py_TYPE(object)->tp_iter == nullptr && PySequence_Check(object) == 0;
}

}  // namespace

PyObject* buildTuple(PyObject** items, int64_t count) {
    PyObject* tuple = PyTuple_New(count);
    if (tuple == nullptr) {
        releaseFromTop(items, count);
        return nullptr;
    }
    moveItems(reinterpret_cast<PyTupleObject*>(tuple)->ob_item, items, count);
    return finish(tuple);
}

PyObject* buildList(PyObject** items, int64_t count) {
    PyObject* list = PyList_New(count);
    if (list == nullptr) {
        releaseFromTop(items, count);
        return nullptr;
    }
    moveItems(reinterpret_cast<PyListObject*>(list)->ob_item, items, count);
    return finish(list);
}

PyObject* buildSet(PyObject** items, int64_t count) {
    PyObject* set = PySet_New(nullptr);
    if (set == nullptr) {
        releaseFromTop(items, count);
        return nullptr;
    }
    int status = 0;
    for (int64_t i = 0; i < count; i++) {
        if (status == 0) {
            status = PySet_Add(set, items[i]);
        }
        Py_DECREF(items[i]);
    }
    if (status != 0) {
        Py_DECREF(set);
        return nullptr;
    }
    return finish(set);
}

PyObject* buildMap(PyObject** items, int64_t count) {
    PyObject* dict = dictOf(items, items + 1, 2, count / 2);
    releaseFromTop(items, count);
    return finish(dict);
}

PyObject* buildConstKeyMap(PyObject** items, int64_t count) {
    PyObject* keys = items[count - 1];
    PyObject* dict = nullptr;
    if (PyTuple_CheckExact(keys) && PyTuple_GET_SIZE(keys) == count - 1) {
        dict = dictOf(reinterpret_cast<PyTupleObject*>(keys)->ob_item, items, 1, count - 1);
    } else {
        PyErr_SetString(PyExc_SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
    }
    releaseFromTop(items, count);
    return finish(dict);
}

PyObject* listToTuple(PyObject* list) {
    PyObject* tuple = PyList_AsTuple(list);
    Py_DECREF(list);
    return finish(tuple);
}

/// Runs nothing: growing a list allocates plain memory.
int32_t listAppend(PyObject* list, PyObject* value) {
    auto* object = reinterpret_cast<PyListObject*>(list);
    const Py_ssize_t size = PyList_GET_SIZE(list);
    if (size < object->allocated) {
        PyList_SET_ITEM(list, size, value);
        Py_SET_SIZE(reinterpret_cast<PyVarObject*>(list), size + 1);
        return 0;
    }
    const int status = PyList_Append(list, value);
    Py_DECREF(value);
    return status;
}

int32_t listExtend(PyObject* list, PyObject* iterable) {
    PyObject* none = _PyList_Extend(reinterpret_cast<PyListObject*>(list), iterable);
    if (none == nullptr && PyErr_ExceptionMatches(PyExc_TypeError) && isNoIterable(iterable)) {
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "Value after * must be an iterable, not %.200s", Py_TYPE(iterable)->tp_name);
    }
    Py_XDECREF(none);
    Py_DECREF(iterable);
    return finishStatus(none == nullptr ? -1 : 0);
}

int32_t setAdd(PyObject* set, PyObject* value) {
    const int status = PySet_Add(set, value);
    Py_DECREF(value);
    return finishStatus(status);
}

int32_t setUpdate(PyObject* set, PyObject* iterable) {
    const int status = _PySet_Update(set, iterable);
    Py_DECREF(iterable);
    return finishStatus(status);
}

int32_t mapAdd(PyObject* dict, PyObject* key, PyObject* value) {
    const int status = PyDict_SetItem(dict, key, value);
    Py_DECREF(key);
    Py_DECREF(value);
    return finishStatus(status);
}

int32_t dictUpdate(PyObject* dict, PyObject* update) {
    const int status = PyDict_Update(dict, update);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not a mapping", Py_TYPE(update)->tp_name);
    }
    Py_DECREF(update);
    return finishStatus(status);
}

int32_t dictMerge(PyObject* callable, PyObject* dict, PyObject* update) {
    const int status = _PyDict_MergeEx(dict, update, 2);
    if (status < 0) {
        explainKeywordError(callable, update);
    }
    Py_DECREF(update);
    return finishStatus(status);
}

void explainKeywordError(PyObject* callable, PyObject* keywords) {
    if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        if (PyObject* name = _PyObject_FunctionStr(callable)) {
            PyErr_Format(PyExc_TypeError, "%U argument after ** must be a mapping, not %.200s", name,
                         Py_TYPE(keywords)->tp_name);
            Py_DECREF(name);
        }
        return;
    }
    if (!PyErr_ExceptionMatches(PyExc_KeyError)) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    // _PyDict_MergeEx sets the exception with its arguments as a tuple; any other KeyError comes from the mapping.
    if (value == nullptr || !PyTuple_Check(value) || PyTuple_GET_SIZE(value) != 1) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    if (PyObject* name = _PyObject_FunctionStr(callable)) {
        PyErr_Format(PyExc_TypeError, "%U got multiple values for keyword argument '%S'", name,
                     PyTuple_GET_ITEM(value, 0));
        Py_DECREF(name);
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

}  // namespace pyjion::runtime
