// SPDX-License-Identifier: MIT
#include "runtime/general_calls.h"

#include "runtime/callee.h"
#include "runtime/calls.h"
#include "runtime/containers.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// The keywords as an exact dict, which replaces them in their slot. False with an exception set.
bool completeKeywords(PyObject* callable, PyObject*& keywords) {
    if (PyDict_CheckExact(keywords)) {
        return true;
    }
    PyObject* dict = PyDict_New();
    if (dict == nullptr) {
        return false;
    }
    if (_PyDict_MergeEx(dict, keywords, 2) < 0) {
        Py_DECREF(dict);
        explainKeywordError(callable, keywords);
        return false;
    }
    Py_DECREF(keywords);
    keywords = dict;
    return true;
}

/// The positional arguments as an exact tuple, which replaces them in their slot. False with an exception set.
bool completeArguments(PyObject* callable, PyObject*& arguments) {
    if (PyTuple_CheckExact(arguments)) {
        return true;
    }
    if (Py_TYPE(arguments)->tp_iter == nullptr && PySequence_Check(arguments) == 0) {
        if (PyObject* name = _PyObject_FunctionStr(callable)) {
            PyErr_Format(PyExc_TypeError, "%U argument after * must be an iterable, not %.200s", name,
                         Py_TYPE(arguments)->tp_name);
            Py_DECREF(name);
        }
        return false;
    }
    PyObject* tuple = PySequence_Tuple(arguments);
    if (tuple == nullptr) {
        return false;
    }
    PyObject* old = arguments;
    arguments = tuple;
    Py_DECREF(old);
    return true;
}

/// PyObject_Call of a tuple and a dict or null.
PyObject* callComplete(PyThreadState* ts, PyObject* callable, PyObject* arguments, PyObject* keywords) {
    PyObject* result = nullptr;
    const bool isPlain = keywords == nullptr || PyDict_GET_SIZE(keywords) == 0;
    return isPlain && callSpread(ts, callable, arguments, result) ? result
                                                                  : PyObject_Call(callable, arguments, keywords);
}

}  // namespace

PyObject* callWithNames(PyThreadState* ts, _PyInterpreterFrame*, PyObject** slots, int64_t count, PyObject* names) {
    return finish(ts, callNamed(ts, slots, count - 2, names));
}

PyObject* callFunctionEx(PyThreadState* ts, PyObject** slots, int64_t count) {
    PyObject*& callable = slots[1];
    PyObject*& arguments = slots[2];
    PyObject* none = nullptr;
    PyObject*& keywords = count == 4 ? slots[3] : none;
    const bool complete =
        (keywords == nullptr || completeKeywords(callable, keywords)) && completeArguments(callable, arguments);
    PyObject* result = complete ? callComplete(ts, callable, arguments, keywords) : nullptr;
    Py_DECREF(callable);
    Py_DECREF(arguments);
    Py_XDECREF(keywords);
    return finish(ts, checkPendingAfterCall(ts, result));
}

}  // namespace pyjion::runtime
