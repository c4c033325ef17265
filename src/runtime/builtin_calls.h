// SPDX-License-Identifier: MIT
// Calls of builtin functions, of methods of builtin types, and of type() and str(), without the way through vectorcall:
// what the interpreter's specialised forms of PRECALL do. Positional arguments only. Inline: in one piece with the call
// helper, they save it the registers of several functions.
#pragma once

#include "python/int_objects.h"
#include "python/thread.h"
#include "runtime/callee.h"

namespace pyjion::runtime {
inline constexpr int kConvention = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;
using FastFunction = PyObject* (*)(PyObject* self, PyObject* const* arguments, Py_ssize_t count);
using FastFunctionWithKeywords = PyObject* (*)(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                                               PyObject* names);

template <typename Function>
Function as(PyCFunction function) {
    return reinterpret_cast<Function>(reinterpret_cast<void (*)()>(function));
}

/// CPython counts recursion for the conventions that take no array of arguments.
inline PyObject* callCounted(PyThreadState* ts, PyCFunction function, PyObject* self, PyObject* argument) {
    if (!python::enterRecursion(ts, " while calling a Python object")) {
        return nullptr;
    }
    PyObject* result = function(self, argument);
    python::leaveRecursion(ts);
    return result;
}

/// Calls by the convention that `flags` names. False when the number of arguments does not fit, or for old conventions.
[[gnu::always_inline]] inline bool callByConvention(PyThreadState* ts, PyCFunction function, int flags, PyObject* self,
                                                    PyObject* const* arguments, int64_t count, PyObject*& result) {
    switch (flags & kConvention) {
        case METH_O:
            if (count != 1) {
                return false;
            }
            result = callCounted(ts, function, self, arguments[0]);
            return true;
        case METH_NOARGS:
            if (count != 0) {
                return false;
            }
            result = callCounted(ts, function, self, nullptr);
            return true;
        case METH_FASTCALL:
            result = as<FastFunction>(function)(self, arguments, count);
            return true;
        case METH_FASTCALL | METH_KEYWORDS:
            result = as<FastFunctionWithKeywords>(function)(self, arguments, count, nullptr);
            return true;
        default:
            return false;
    }
}

[[gnu::always_inline]] inline bool callBuiltinFunction(PyThreadState* ts, Callee callee, PyObject*& result) {
    PyObject* function = callee.callable();
    return callByConvention(ts, PyCFunction_GET_FUNCTION(function), PyCFunction_GET_FLAGS(function),
                            PyCFunction_GET_SELF(function), callee.arguments, callee.count, result);
}

/// Methods count recursion whatever their convention is, until the interpreter has specialised the call
/// (method_enter_call in descrobject.c); which of the two it would do here is not known.
[[gnu::always_inline]] inline bool callBuiltinMethod(PyThreadState* ts, Callee callee, PyObject*& result) {
    auto* method = reinterpret_cast<PyMethodDescrObject*>(callee.callable());
    const int flags = method->d_method->ml_flags;
    if (callee.count == 0 || !Py_IS_TYPE(callee.arguments[0], method->d_common.d_type)) {
        return false;
    }
    const bool takesArray = (flags & METH_FASTCALL) != 0;
    if (takesArray && !python::enterRecursion(ts, " while calling a Python object")) {
        result = nullptr;
        return true;
    }
    const bool called = callByConvention(ts, method->d_method->ml_meth, flags, callee.arguments[0],
                                         callee.arguments + 1, callee.count - 1, result);
    if (takesArray) {
        python::leaveRecursion(ts);
    }
    return called;
}

[[gnu::noinline]] inline bool callType(Callee callee, PyObject*& result) {
    if (callee.count != 1) {
        return false;
    }
    if (callee.callable() == reinterpret_cast<PyObject*>(&PyType_Type)) {
        result = Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(callee.arguments[0])));
        return true;
    }
    if (callee.callable() == reinterpret_cast<PyObject*>(&PyUnicode_Type)) {
        result = PyObject_Str(callee.arguments[0]);
        return true;
    }
    return false;
}

/// Makes the call and consumes callable and arguments. False with nothing done when it is none of these.
[[gnu::always_inline]] inline bool callBuiltin(PyThreadState* ts, Callee callee, PyObject*& result) {
    PyTypeObject* type = Py_TYPE(callee.callable());
    bool called = false;
    if (type == &PyCFunction_Type) {
        called = callBuiltinFunction(ts, callee, result);
    } else if (type == &PyMethodDescr_Type) {
        called = callBuiltinMethod(ts, callee, result);
    } else if (type == &PyType_Type) {
        called = callType(callee, result);
    }
    if (!called) {
        return false;
    }
    for (int64_t i = 0; i < callee.count; i++) {
        python::releaseObject(callee.arguments[i]);
    }
    Py_DECREF(callee.callable());
    result = checkPendingAfterCall(ts, result);
    return true;
}

}  // namespace pyjion::runtime
