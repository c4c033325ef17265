// SPDX-License-Identifier: MIT
#include "runtime/unpacking.h"

#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// Items of a tuple or list; the owner is still held.
void spread(PyObject* const* items, int32_t count, PyObject** results) {
    for (int32_t i = 0; i < count; i++) {
        results[count - 1 - i] = Py_NewRef(items[i]);
    }
}

/// Releases the items got so far, the last one first, as they lie on the stack.
void giveUp(PyObject** top, int32_t got) {
    for (int32_t i = got; i > 0; i--) {
        Py_DECREF(top[-i]);
    }
}

PyObject* iteratorOver(PyObject* sequence) {
    PyObject* iterator = PyObject_GetIter(sequence);
    if (iterator == nullptr && PyErr_ExceptionMatches(PyExc_TypeError) && Py_TYPE(sequence)->tp_iter == nullptr &&
        PySequence_Check(sequence) == 0) {
        PyErr_Format(PyExc_TypeError, "cannot unpack non-iterable %.200s object", Py_TYPE(sequence)->tp_name);
    }
    return iterator;
}

/// Takes `count` items; `least` is what a message asks for, with "at least" when there may be more. The items are
/// written downwards from `top`. How many were got.
int32_t takeItems(PyObject* iterator, int32_t count, int32_t least, bool more, PyObject** top) {
    for (int32_t i = 0; i < count; i++) {
        PyObject* item = PyIter_Next(iterator);
        if (item == nullptr) {
            if (PyErr_Occurred() == nullptr) {
                PyErr_Format(PyExc_ValueError, "not enough values to unpack (expected %s%d, got %d)",
                             more ? "at least " : "", least, i);
            }
            return i;
        }
        top[-1 - i] = item;
    }
    return count;
}

/// The iterator must be at its end. -1 with an exception set.
int expectEnd(PyObject* iterator, int32_t count) {
    PyObject* item = PyIter_Next(iterator);
    if (item == nullptr) {
        return PyErr_Occurred() != nullptr ? -1 : 0;
    }
    Py_DECREF(item);
    PyErr_Format(PyExc_ValueError, "too many values to unpack (expected %d)", count);
    return -1;
}

/// The starred item and those behind it, of which there are `after`. The number of slots written, or the negated number
/// of those to give up, minus one.
int takeRest(PyObject* iterator, int32_t before, int32_t after, PyObject** top) {
    PyObject* list = PySequence_List(iterator);
    if (list == nullptr) {
        return -1;
    }
    top[-1 - before] = list;
    const Py_ssize_t size = PyList_GET_SIZE(list);
    if (size < after) {
        PyErr_Format(PyExc_ValueError, "not enough values to unpack (expected at least %d, got %zd)", before + after,
                     before + size);
        return -2;
    }
    for (int32_t i = 0; i < after; i++) {
        top[-2 - before - i] = PyList_GET_ITEM(list, size - after + i);
    }
    Py_SET_SIZE(reinterpret_cast<PyVarObject*>(list), size - after);
    return 0;
}

int unpackAny(PyObject* sequence, int32_t count, PyObject** results) {
    PyObject* iterator = iteratorOver(sequence);
    if (iterator == nullptr) {
        return -1;
    }
    PyObject** top = results + count;
    const int32_t got = takeItems(iterator, count, count, false, top);
    const int status = got == count ? expectEnd(iterator, count) : -1;
    if (status != 0) {
        giveUp(top, got);
    }
    Py_DECREF(iterator);
    return status;
}

int unpackStarred(PyObject* sequence, int32_t before, int32_t after, PyObject** results) {
    PyObject* iterator = iteratorOver(sequence);
    if (iterator == nullptr) {
        return -1;
    }
    PyObject** top = results + before + 1 + after;
    int32_t got = takeItems(iterator, before, before + after, true, top);
    int status = -1;
    if (got == before) {
        status = takeRest(iterator, before, after, top);
        got += status == -2 ? 1 : 0;
    }
    if (status != 0) {
        giveUp(top, got);
    }
    Py_DECREF(iterator);
    return status;
}

}  // namespace

int32_t unpackSequence(PyObject* sequence, int32_t count, PyObject** results) {
    if (PyTuple_CheckExact(sequence) && PyTuple_GET_SIZE(sequence) == count) {
        spread(reinterpret_cast<PyTupleObject*>(sequence)->ob_item, count, results);
        Py_DECREF(sequence);  // its items live on: nothing dies with it
        return 0;
    }
    if (PyList_CheckExact(sequence) && PyList_GET_SIZE(sequence) == count) {
        spread(reinterpret_cast<PyListObject*>(sequence)->ob_item, count, results);
        Py_DECREF(sequence);
        return 0;
    }
    const int status = unpackAny(sequence, count, results);
    Py_DECREF(sequence);
    return finishStatus(status);
}

int32_t unpackEx(PyObject* sequence, int32_t counts, PyObject** results) {
    const int status = unpackStarred(sequence, counts & 0xff, counts >> 8, results);
    Py_DECREF(sequence);
    return finishStatus(status);
}

}  // namespace pyjion::runtime
