// SPDX-License-Identifier: MIT
// Calls of builtin functions, of methods of builtin types, and of type() and str(), without the way through vectorcall:
// what the interpreter's specialised forms of PRECALL do, as to recursion too. Inline: in one piece with the call
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

/// Callables of one argument for which the interpreter has instructions of their own, which count no recursion:
/// list.append() only where its result is dropped.
struct UncountedBuiltins {
    PyObject* len = nullptr;
    PyObject* listAppend = nullptr;

    bool contain(PyThreadState* ts, PyObject* callable) const {
        return callable == len || (callable == listAppend && (ts->recursion_remaining > 0 || resultIsDropped(ts)));
    }
    /// Of the call that the current frame is running.
    static bool resultIsDropped(PyThreadState* ts);
};
extern UncountedBuiltins uncountedBuiltins;
/// To be called once, before anything is compiled.
void findUncountedBuiltins();

/// CPython's specialised calls count recursion for the conventions that take no array of arguments.
inline PyObject* callCounted(PyThreadState* ts, PyObject* callable, PyCFunction function, PyObject* self,
                             PyObject* argument) {
    if (uncountedBuiltins.contain(ts, callable)) {
        return function(self, argument);
    }
    if (!python::enterRecursion(ts, " while calling a Python object")) {
        return nullptr;
    }
    PyObject* result = function(self, argument);
    python::leaveRecursion(ts);
    return result;
}

/// Calls by the convention that `flags` names. False when the number of arguments does not fit, or for old conventions.
[[gnu::always_inline]] inline bool callByConvention(PyThreadState* ts, PyObject* callable, PyCFunction function,
                                                    int flags, PyObject* self, PyObject* const* arguments,
                                                    int64_t count, PyObject*& result) {
    switch (flags & kConvention) {
        case METH_O:
            if (count != 1) {
                return false;
            }
            result = callCounted(ts, callable, function, self, arguments[0]);
            return true;
        case METH_NOARGS:
            if (count != 0) {
                return false;
            }
            result = callCounted(ts, callable, function, self, nullptr);
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
    return callByConvention(ts, function, PyCFunction_GET_FUNCTION(function), PyCFunction_GET_FLAGS(function),
                            PyCFunction_GET_SELF(function), callee.arguments, callee.count, result);
}

[[gnu::always_inline]] inline bool callBuiltinMethod(PyThreadState* ts, Callee callee, PyObject*& result) {
    auto* method = reinterpret_cast<PyMethodDescrObject*>(callee.callable());
    if (callee.count == 0 || !Py_IS_TYPE(callee.arguments[0], method->d_common.d_type)) {
        return false;
    }
    return callByConvention(ts, callee.callable(), method->d_method->ml_meth, method->d_method->ml_flags,
                            callee.arguments[0], callee.arguments + 1, callee.count - 1, result);
}

/// The same for calls with keywords, which one convention takes.
inline bool callBuiltinNamed(Callee callee, PyObject* names, PyObject*& result) {
    constexpr int kNamed = METH_FASTCALL | METH_KEYWORDS;
    PyObject* callable = callee.callable();
    if (PyCFunction_CheckExact(callable) && (PyCFunction_GET_FLAGS(callable) & kConvention) == kNamed) {
        result = as<FastFunctionWithKeywords>(PyCFunction_GET_FUNCTION(callable))(
            PyCFunction_GET_SELF(callable), callee.arguments, callee.count - PyTuple_GET_SIZE(names), names);
        return true;
    }
    auto* method = reinterpret_cast<PyMethodDescrObject*>(callable);
    const int64_t positional = callee.count - PyTuple_GET_SIZE(names);
    if (!Py_IS_TYPE(callable, &PyMethodDescr_Type) || (method->d_method->ml_flags & kConvention) != kNamed ||
        positional == 0 || !Py_IS_TYPE(callee.arguments[0], method->d_common.d_type)) {
        return false;
    }
    result = as<FastFunctionWithKeywords>(method->d_method->ml_meth)(callee.arguments[0], callee.arguments + 1,
                                                                     positional - 1, names);
    return true;
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

/// What a call of a builtin ends with: callable and arguments are consumed.
[[gnu::always_inline]] inline PyObject* releaseCallee(PyThreadState* ts, Callee callee, PyObject* result) {
    for (int64_t i = 0; i < callee.count; i++) {
        python::releaseObject(callee.arguments[i]);
    }
    Py_DECREF(callee.callable());
    return checkPendingAfterCall(ts, result);
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
    result = releaseCallee(ts, callee, result);
    return true;
}

}  // namespace pyjion::runtime
