// SPDX-License-Identifier: MIT
#include "runtime/generators.h"

#include "python/generator.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// `async with` says where an object came from that cannot be awaited.
void describeAwaitable(PyTypeObject* type, int32_t place) {
    const bool canBeAwaited = type->tp_as_async != nullptr && type->tp_as_async->am_await != nullptr;
    if (!canBeAwaited && (place == 1 || place == 2)) {
        PyErr_Format(PyExc_TypeError,
                     "'async with' received an object from %s that does not implement __await__: %.100s",
                     place == 1 ? "__aenter__" : "__aexit__", type->tp_name);
    }
}

unaryfunc nextOf(PyTypeObject* type) {
    return type->tp_as_async != nullptr ? type->tp_as_async->am_anext : nullptr;
}

}  // namespace

PyObject* returnGenerator(PyThreadState* ts, _PyInterpreterFrame* frame) {
    return python::makeGenerator(ts, frame);
}

PyObject* getYieldFromIter(_PyInterpreterFrame* frame, PyObject* iterable) {
    if (PyCoro_CheckExact(iterable)) {
        if ((python::code(frame)->co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)) == 0) {
            Py_DECREF(iterable);
            PyErr_SetString(PyExc_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
            return nullptr;
        }
        return iterable;
    }
    if (PyGen_CheckExact(iterable)) {
        return iterable;
    }
    PyObject* iterator = PyObject_GetIter(iterable);
    Py_DECREF(iterable);
    return finish(iterator);
}

PyObject* getAwaitable(PyObject* iterable, int32_t place) {
    PyObject* iterator = python::awaitableIterator(iterable);
    if (iterator == nullptr) {
        describeAwaitable(Py_TYPE(iterable), place);
    }
    Py_DECREF(iterable);
    if (iterator != nullptr && PyCoro_CheckExact(iterator) && python::isAwaiting(iterator)) {
        Py_DECREF(iterator);
        PyErr_SetString(PyExc_RuntimeError, "coroutine is being awaited already");
        return nullptr;
    }
    return finish(iterator);
}

PyObject* getAsyncIter(PyObject* iterable) {
    PyTypeObject* type = Py_TYPE(iterable);
    unaryfunc getter = type->tp_as_async != nullptr ? type->tp_as_async->am_aiter : nullptr;
    PyObject* iterator = nullptr;
    if (getter != nullptr) {
        iterator = getter(iterable);
    } else {
        PyErr_Format(PyExc_TypeError, "'async for' requires an object with __aiter__ method, got %.100s",
                     type->tp_name);
    }
    Py_DECREF(iterable);
    if (iterator != nullptr && nextOf(Py_TYPE(iterator)) == nullptr) {
        PyErr_Format(PyExc_TypeError,
                     "'async for' received an object from __aiter__ that does not implement __anext__: %.100s",
                     Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return finish(iterator);
}

PyObject* getAsyncNext(PyObject* iterator) {
    PyTypeObject* type = Py_TYPE(iterator);
    unaryfunc getter = nextOf(type);
    if (getter == nullptr) {
        PyErr_Format(PyExc_TypeError, "'async for' requires an iterator with __anext__ method, got %.100s",
                     type->tp_name);
        return nullptr;
    }
    PyObject* next = getter(iterator);
    if (next == nullptr || PyAsyncGen_CheckExact(iterator)) {
        return finish(next);
    }
    PyObject* awaitable = python::awaitableIterator(next);
    if (awaitable == nullptr) {
        _PyErr_FormatFromCause(PyExc_TypeError, "'async for' received an invalid object from __anext__: %.100s",
                               Py_TYPE(next)->tp_name);
    }
    Py_DECREF(next);
    return finish(awaitable);
}

PyObject* wrapAsyncValue(PyObject* value) {
    PyObject* wrapper = python::wrapAsyncValue(value);
    // On failure the interpreter has the value on its stack still; it goes with the frame either way.
    Py_DECREF(value);
    return finish(wrapper);
}

}  // namespace pyjion::runtime
