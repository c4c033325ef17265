// SPDX-License-Identifier: MIT
#include "runtime/exceptions.h"

#include "python/frame.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// The instance to raise for what `raise` was given; null with an exception set. Consumes.
PyObject* instanceOf(PyObject* exception) {
    if (PyExceptionInstance_Check(exception)) {
        return exception;
    }
    if (!PyExceptionClass_Check(exception)) {
        Py_DECREF(exception);
        PyErr_SetString(PyExc_TypeError, "exceptions must derive from BaseException");
        return nullptr;
    }
    PyObject* instance = PyObject_CallNoArgs(exception);
    if (instance != nullptr && !PyExceptionInstance_Check(instance)) {
        PyErr_Format(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %R", exception,
                     Py_TYPE(instance));
        Py_CLEAR(instance);
    }
    Py_DECREF(exception);
    return instance;
}

/// Consumes the cause. False with an exception set.
bool setCause(PyObject* exception, PyObject* cause) {
    if (PyExceptionClass_Check(cause)) {
        PyObject* instance = PyObject_CallNoArgs(cause);
        Py_DECREF(cause);
        if (instance == nullptr) {
            return false;
        }
        cause = instance;
    } else if (Py_IsNone(cause)) {
        Py_DECREF(cause);
        cause = nullptr;
    } else if (!PyExceptionInstance_Check(cause)) {
        Py_DECREF(cause);
        PyErr_SetString(PyExc_TypeError, "exception causes must derive from BaseException");
        return false;
    }
    PyException_SetCause(exception, cause);
    return true;
}

void restore(PyObject* exception) {
    PyObject* type = PyExceptionInstance_Class(exception);
    PyErr_Restore(Py_NewRef(type), exception, PyException_GetTraceback(exception));
}

/// A special method of the manager's class, bound; null without an exception when there is none.
PyObject* specialMethod(PyObject* object, PyObject* name) {
    PyTypeObject* type = Py_TYPE(object);
    PyObject* found = name != nullptr ? _PyType_Lookup(type, name) : nullptr;
    if (found == nullptr) {
        return nullptr;
    }
    descrgetfunc bind = Py_TYPE(found)->tp_descr_get;
    return bind != nullptr ? bind(found, object, reinterpret_cast<PyObject*>(type)) : Py_NewRef(found);
}

/// Names of special methods; null with an exception set when memory was short for one.
struct ContextNames {
    PyObject* enter = PyUnicode_InternFromString("__enter__");
    PyObject* exit = PyUnicode_InternFromString("__exit__");
    PyObject* asyncEnter = PyUnicode_InternFromString("__aenter__");
    PyObject* asyncExit = PyUnicode_InternFromString("__aexit__");
};
const ContextNames& contextNames() {
    static const ContextNames names;
    return names;
}

void notAContext(PyObject* manager, bool asynchronous, const char* missing) {
    if (PyErr_Occurred() == nullptr) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object does not support the %scontext manager protocol%s",
                     Py_TYPE(manager)->tp_name, asynchronous ? "asynchronous " : "", missing);
    }
}

}  // namespace

PyObject* pushExcInfo(PyThreadState* ts, PyObject* exception) {
    PyObject*& handled = ts->exc_info->exc_value;
    PyObject* previous = handled != nullptr ? handled : Py_NewRef(Py_None);
    handled = exception;
    return previous;
}

int32_t popExcept(PyThreadState* ts, PyObject* previous) {
    PyObject*& handled = ts->exc_info->exc_value;
    PyObject* done = handled;
    handled = previous;
    Py_XDECREF(done);
    return mustLeave(ts) ? -1 : 0;
}

bool canBeCaught(PyObject* type) {
    const bool many = PyTuple_Check(type);
    const Py_ssize_t count = many ? PyTuple_GET_SIZE(type) : 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject* one = many ? PyTuple_GET_ITEM(type, i) : type;
        if (!PyExceptionClass_Check(one)) {
            PyErr_SetString(PyExc_TypeError, "catching classes that do not inherit from BaseException is not allowed");
            return false;
        }
    }
    return true;
}

PyObject* checkExcMatch(PyObject* exception, PyObject* type) {
    if (!canBeCaught(type)) {
        Py_DECREF(type);
        return nullptr;
    }
    const bool matches = PyErr_GivenExceptionMatches(exception, type) != 0;
    Py_DECREF(type);
    return finish(Py_NewRef(matches ? Py_True : Py_False));
}

void raiseException(PyObject* exception, PyObject* cause) {
    PyObject* instance = instanceOf(exception);
    if (instance == nullptr) {
        Py_XDECREF(cause);
        return;
    }
    if (cause == nullptr || setCause(instance, cause)) {
        PyErr_SetObject(PyExceptionInstance_Class(instance), instance);
    }
    Py_DECREF(instance);
}

int32_t raiseHandled(PyThreadState* ts) {
    PyObject* handled = _PyErr_GetTopmostException(ts)->exc_value;
    if (handled == nullptr || Py_IsNone(handled)) {
        PyErr_SetString(PyExc_RuntimeError, "No active exception to reraise");
        return 0;
    }
    restore(Py_NewRef(handled));
    return 1;
}

void reraise(_PyInterpreterFrame* frame, PyObject* exception, PyObject* index) {
    if (index != nullptr) {
        python::setRunning(frame, static_cast<int32_t>(PyLong_AsLong(index)));
    }
    restore(exception);
}

int32_t endAsyncFor(PyObject* exception) {
    if (PyErr_GivenExceptionMatches(exception, PyExc_StopAsyncIteration) != 0) {
        Py_DECREF(exception);
        return 0;
    }
    restore(exception);
    return -1;
}

PyObject* loadAssertionError() {
    return Py_NewRef(PyExc_AssertionError);
}

PyObject* lookUpContext(PyObject* manager, int32_t asynchronous, PyObject** slot) {
    const bool isAsync = asynchronous != 0;
    const ContextNames& names = contextNames();
    PyObject* enter = specialMethod(manager, isAsync ? names.asyncEnter : names.enter);
    if (enter == nullptr) {
        notAContext(manager, isAsync, "");
        Py_DECREF(manager);
        return nullptr;
    }
    PyObject* exitMethod = specialMethod(manager, isAsync ? names.asyncExit : names.exit);
    if (exitMethod == nullptr) {
        notAContext(manager, isAsync, isAsync ? " (missed __aexit__ method)" : " (missed __exit__ method)");
        Py_DECREF(enter);
        Py_DECREF(manager);
        return nullptr;
    }
    *slot = enter;
    Py_DECREF(manager);
    return exitMethod;
}

PyObject* callNoArguments(PyThreadState* ts, PyObject* callable) {
    PyObject* result = PyObject_CallNoArgs(callable);
    Py_DECREF(callable);
    return finish(ts, result);
}

PyObject* withExceptStart(PyThreadState* ts, PyObject* exitMethod, PyObject* exception) {
    // As in the interpreter, nothing but the exception holds the traceback during the call.
    PyObject* traceback = PyException_GetTraceback(exception);
    Py_XDECREF(traceback);
    PyObject* arguments[] = {nullptr, PyExceptionInstance_Class(exception), exception,
                             traceback != nullptr ? traceback : Py_None};
    PyObject* result = PyObject_Vectorcall(exitMethod, arguments + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
    return finish(ts, result);
}

}  // namespace pyjion::runtime
