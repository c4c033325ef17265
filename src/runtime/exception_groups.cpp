// SPDX-License-Identifier: MIT
// except*. CPython keeps what it needs for this to itself (exceptions.c), so that the groups are taken apart here.
#include "runtime/exceptions.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

bool isGroup(PyObject* object) {
    return PyObject_TypeCheck(object, reinterpret_cast<PyTypeObject*>(PyExc_BaseExceptionGroup));
}

PyObject* partsOf(PyObject* group) {
    return reinterpret_cast<PyBaseExceptionGroupObject*>(group)->excs;
}

/// BaseExceptionGroup("", exceptions), which makes an ExceptionGroup where it can.
PyObject* makeGroup(PyObject* exceptions) {
    return PyObject_CallFunction(PyExc_BaseExceptionGroup, "sO", "", exceptions);
}

/// except* must not name classes of groups: what would match then, the group or what is in it?
bool canBeCaughtFromGroups(PyObject* type) {
    if (!canBeCaught(type)) {
        return false;
    }
    const bool many = PyTuple_Check(type);
    const Py_ssize_t count = many ? PyTuple_GET_SIZE(type) : 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        const int isGroupClass = PyObject_IsSubclass(many ? PyTuple_GET_ITEM(type, i) : type, PyExc_BaseExceptionGroup);
        if (isGroupClass > 0) {
            PyErr_SetString(PyExc_TypeError,
                            "catching ExceptionGroup with except* is not allowed. Use except instead.");
        }
        if (isGroupClass != 0) {
            return false;
        }
    }
    return true;
}

/// What matches and what does not, both new references and None where there is nothing. False with an exception set.
bool split(PyObject* exception, PyObject* type, PyObject*& match, PyObject*& rest) {
    match = rest = nullptr;
    if (!Py_IsNone(exception) && PyErr_GivenExceptionMatches(exception, type) != 0) {
        if (isGroup(exception)) {
            match = Py_NewRef(exception);
        } else {
            PyObject* parts = PyTuple_Pack(1, exception);
            match = parts != nullptr ? makeGroup(parts) : nullptr;
            Py_XDECREF(parts);
            if (match == nullptr) {
                return false;
            }
        }
    } else if (!Py_IsNone(exception) && isGroup(exception)) {
        PyObject* pair = PyObject_CallMethod(exception, "split", "(O)", type);
        if (pair == nullptr) {
            return false;
        }
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) < 2) {
            PyErr_Format(PyExc_TypeError, "%.200s.split must return a 2-tuple", Py_TYPE(exception)->tp_name);
            Py_DECREF(pair);
            return false;
        }
        match = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
        rest = Py_NewRef(PyTuple_GET_ITEM(pair, 1));
        Py_DECREF(pair);
        return true;
    } else {
        match = Py_NewRef(Py_None);
    }
    rest = Py_NewRef(Py_None);
    return true;
}

/// Adds the identities of all exceptions in `exception` that are no groups.
bool collectLeaves(PyObject* exception, PyObject* leaves) {
    if (!isGroup(exception)) {
        PyObject* id = PyLong_FromVoidPtr(exception);
        const bool added = id != nullptr && PySet_Add(leaves, id) == 0;
        Py_XDECREF(id);
        return added;
    }
    PyObject* parts = partsOf(exception);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); i++) {
        if (Py_EnterRecursiveCall(" in collect_exception_group_leaf_ids") != 0) {
            return false;
        }
        const bool collected = collectLeaves(PyTuple_GET_ITEM(parts, i), leaves);
        Py_LeaveRecursiveCall();
        if (!collected) {
            return false;
        }
    }
    return true;
}

/// A copy of the notes, so that the parts of a group have lists of their own; notes that are no sequence are dropped.
bool copyNotes(PyObject* from, PyObject* to) {
    PyObject* notes = nullptr;
    PyObject* name = PyUnicode_InternFromString("__notes__");
    if (name == nullptr || _PyObject_LookupAttr(from, name, &notes) < 0) {
        Py_XDECREF(name);
        return false;
    }
    bool done = true;
    if (notes != nullptr && PySequence_Check(notes) != 0) {
        PyObject* copy = PySequence_List(notes);
        done = copy != nullptr && PyObject_SetAttr(to, name, copy) == 0;
        Py_XDECREF(copy);
    }
    Py_XDECREF(notes);
    Py_DECREF(name);
    return done;
}

/// A group of `parts` that says of itself what `group` does.
PyObject* derive(PyObject* group, PyObject* parts) {
    PyObject* derived = PyObject_CallMethod(group, "derive", "(O)", parts);
    if (derived == nullptr) {
        return nullptr;
    }
    if (!isGroup(derived)) {
        PyErr_SetString(PyExc_TypeError, "derive must return an instance of BaseExceptionGroup");
        Py_DECREF(derived);
        return nullptr;
    }
    if (PyObject* traceback = PyException_GetTraceback(group)) {
        PyException_SetTraceback(derived, traceback);
        Py_DECREF(traceback);
    }
    PyException_SetContext(derived, PyException_GetContext(group));
    PyException_SetCause(derived, PyException_GetCause(group));
    if (!copyNotes(group, derived)) {
        Py_DECREF(derived);
        return nullptr;
    }
    return derived;
}

/// The part of an exception that consists of the leaves; None when there is none.
PyObject* project(PyObject* exception, PyObject* leaves) {
    if (!isGroup(exception)) {
        PyObject* id = PyLong_FromVoidPtr(exception);
        const int found = id != nullptr ? PySet_Contains(leaves, id) : -1;
        Py_XDECREF(id);
        return found < 0 ? nullptr : Py_NewRef(found != 0 ? exception : Py_None);
    }
    PyObject* kept = PyList_New(0);
    PyObject* parts = partsOf(exception);
    for (Py_ssize_t i = 0; kept != nullptr && i < PyTuple_GET_SIZE(parts); i++) {
        PyObject* part = nullptr;
        if (Py_EnterRecursiveCall(" in exceptiongroup_split_recursive") == 0) {
            part = project(PyTuple_GET_ITEM(parts, i), leaves);
            Py_LeaveRecursiveCall();
        }
        if (part == nullptr || (!Py_IsNone(part) && PyList_Append(kept, part) != 0)) {
            Py_CLEAR(kept);
        }
        Py_XDECREF(part);
    }
    if (kept == nullptr) {
        return nullptr;
    }
    PyObject* result = PyList_GET_SIZE(kept) != 0 ? derive(exception, kept) : Py_NewRef(Py_None);
    Py_DECREF(kept);
    return result;
}

/// Whether an exception was only passed on: a part of a group keeps what the group says of itself.
bool isPartOf(PyObject* exception, PyObject* original) {
    auto* a = reinterpret_cast<PyBaseExceptionObject*>(exception);
    auto* b = reinterpret_cast<PyBaseExceptionObject*>(original);
    return a->notes == b->notes && a->traceback == b->traceback && a->cause == b->cause && a->context == b->context;
}

/// Divides what the clauses left: exceptions that they raised, and leaves of what they passed on.
bool sort(PyObject* original, PyObject* exceptions, PyObject* raised, PyObject* leaves) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(exceptions); i++) {
        PyObject* exception = PyList_GET_ITEM(exceptions, i);
        if (Py_IsNone(exception)) {
            continue;
        }
        const bool done =
            isPartOf(exception, original) ? collectLeaves(exception, leaves) : PyList_Append(raised, exception) == 0;
        if (!done) {
            return false;
        }
    }
    return true;
}

/// Whether a clause's only exception is raised as it is when nothing of the group is left: since 3.11.4 (gh-103590).
bool raisesSingleUnwrapped() {
    constexpr unsigned long kFirst = 0x030b04f0;
    return Py_Version >= kFirst;
}

PyObject* combine(PyObject* original, PyObject* raised, PyObject* leaves) {
    PyObject* again = project(original, leaves);
    if (again == nullptr || PyList_GET_SIZE(raised) == 0) {
        return again;
    }
    const bool complete = Py_IsNone(again) || PyList_Append(raised, again) == 0;
    Py_DECREF(again);
    if (complete && PyList_GET_SIZE(raised) == 1 && raisesSingleUnwrapped()) {
        return Py_NewRef(PyList_GET_ITEM(raised, 0));
    }
    return complete ? makeGroup(raised) : nullptr;
}

PyObject* toRaise(PyObject* original, PyObject* exceptions) {
    if (PyList_GET_SIZE(exceptions) == 0) {
        return Py_NewRef(Py_None);
    }
    if (!isGroup(original)) {
        // It was wrapped, and one clause at most has seen it.
        return Py_NewRef(PyList_GET_ITEM(exceptions, 0));
    }
    PyObject* raised = PyList_New(0);
    PyObject* leaves = PySet_New(nullptr);
    PyObject* result = nullptr;
    if (raised != nullptr && leaves != nullptr && sort(original, exceptions, raised, leaves)) {
        result = combine(original, raised, leaves);
    }
    Py_XDECREF(raised);
    Py_XDECREF(leaves);
    return result;
}

}  // namespace

PyObject* checkGroupMatch(PyObject* exception, PyObject* type, PyObject** rest) {
    PyObject* match = nullptr;
    PyObject* others = nullptr;
    const bool done = canBeCaughtFromGroups(type) && split(exception, type, match, others);
    Py_DECREF(type);
    if (!done) {
        Py_DECREF(exception);
        return nullptr;
    }
    if (Py_IsNone(match)) {
        Py_DECREF(others);
        *rest = exception;
        return match;
    }
    *rest = others;
    PyErr_SetExcInfo(nullptr, Py_NewRef(match), nullptr);
    Py_DECREF(exception);
    return match;
}

PyObject* prepareReraise(PyThreadState* ts, PyObject* original, PyObject* exceptions) {
    PyObject* result = toRaise(original, exceptions);
    Py_DECREF(exceptions);
    Py_DECREF(original);
    return finish(ts, result);
}

}  // namespace pyjion::runtime
