// SPDX-License-Identifier: MIT
#include "runtime/known_builtins.h"

#include "python/int_objects.h"
#include "python/reference_count.h"
#include "runtime/builtin_calls.h"
#include "runtime/finish.h"

namespace pyjion::runtime {

PyObject* callIsInstance(PyThreadState* ts, PyObject* callable, PyObject* object, PyObject* type) {
    const bool isExact = Py_TYPE(object) == reinterpret_cast<PyTypeObject*>(type);
    const int truth = isExact ? 1 : PyObject_IsInstance(object, type);
    PyObject* result = truth >= 0 ? Py_NewRef(truth != 0 ? Py_True : Py_False) : nullptr;
    Py_DECREF(callable);
    python::releaseObject(object);
    python::releaseObject(type);
    return finish(ts, result);
}

PyObject* callAppend(PyThreadState* ts, PyObject* callable, PyObject* list, PyObject* item) {
    auto* object = reinterpret_cast<PyListObject*>(list);
    PyObject* result = nullptr;
    if (!PyList_CheckExact(list)) {  // another class may have the method too
        PyObject* arguments[] = {list, item};
        result = PyObject_Vectorcall(callable, arguments, 2, nullptr);
        python::releaseObject(item);
    } else if (Py_SIZE(object) < object->allocated && ts->recursion_remaining > 0) {
        PyList_SET_ITEM(list, Py_SIZE(object), item);
        Py_SET_SIZE(object, Py_SIZE(object) + 1);
        result = Py_NewRef(Py_None);
    } else {
        auto* method = reinterpret_cast<PyMethodDescrObject*>(callable);
        result = callCounted(ts, callable, method->d_method->ml_meth, list, item);
        python::releaseObject(item);
    }
    Py_DECREF(callable);
    python::releaseObject(list);
    return finish(ts, result);
}

namespace {

/// By the conventions that take a tuple. CPython counts such calls as a level of recursion.
[[gnu::noinline]] PyObject* callWithTuple(PyThreadState* ts, PyCFunction function, int flags, PyObject* self,
                                          PyObject* const* arguments, int64_t count) {
    PyObject* tuple = PyTuple_New(count);
    if (tuple == nullptr) {
        return nullptr;
    }
    for (int64_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(arguments[i]));
    }
    PyObject* result = nullptr;
    if (python::enterRecursion(ts, " while calling a Python object")) {
        result = (flags & METH_KEYWORDS) != 0 ? as<PyCFunctionWithKeywords>(function)(self, tuple, nullptr)
                                              : function(self, tuple);
        python::leaveRecursion(ts);
    }
    Py_DECREF(tuple);
    return result;
}

/// By the conventions that take an array or a tuple, with names or without.
inline PyObject* callFast(PyThreadState* ts, PyCFunction function, int flags, PyObject* self,
                          PyObject* const* arguments, int64_t count) {
    if ((flags & METH_VARARGS) != 0) {
        return callWithTuple(ts, function, flags, self, arguments, count);
    }
    return (flags & METH_KEYWORDS) != 0 ? as<FastFunctionWithKeywords>(function)(self, arguments, count, nullptr)
                                        : as<FastFunction>(function)(self, arguments, count);
}

/// The callable comes first, and is released last.
inline PyObject* releaseSlots(PyThreadState* ts, PyObject** slots, int64_t count, PyObject* result) {
    return finish(ts, releaseCallee(ts, {slots + 1, count - 1}, result));
}

inline PyMethodDef* methodOf(PyObject* descriptor) {
    return reinterpret_cast<PyMethodDescrObject*>(descriptor)->d_method;
}

inline bool isOfItsType(PyObject* descriptor, PyObject* self) {
    return Py_IS_TYPE(self, reinterpret_cast<PyMethodDescrObject*>(descriptor)->d_common.d_type);
}

}  // namespace

PyObject* callBuiltinNone(PyThreadState* ts, PyObject* callable) {
    PyObject* result =
        callCounted(ts, callable, PyCFunction_GET_FUNCTION(callable), PyCFunction_GET_SELF(callable), nullptr);
    Py_DECREF(callable);
    return finish(ts, checkPendingAfterCall(ts, result));
}

PyObject* callBuiltinFast(PyThreadState* ts, PyObject** slots, int64_t count) {
    PyObject* callable = slots[0];
    PyObject* result = callFast(ts, PyCFunction_GET_FUNCTION(callable), PyCFunction_GET_FLAGS(callable),
                                PyCFunction_GET_SELF(callable), slots + 1, count - 1);
    return releaseSlots(ts, slots, count, result);
}

namespace {

/// Whether `a` comes before `b` (comparison: Py_LT) or behind it (Py_GT); -1 with an exception. CPython counts a
/// comparison as a level of recursion.
int isBeyond(const PyThreadState* ts, PyObject* a, PyObject* b, int comparison) {
    if (ts->recursion_remaining <= 0) {
        return PyObject_RichCompareBool(a, b, comparison);
    }
    if (PyFloat_CheckExact(a) && PyFloat_CheckExact(b)) {
        const double x = PyFloat_AS_DOUBLE(a);
        const double y = PyFloat_AS_DOUBLE(b);
        return comparison == Py_LT ? x < y : x > y;
    }
    if (PyLong_CheckExact(a) && PyLong_CheckExact(b) && python::isSmall(a) && python::isSmall(b)) {
        const int64_t x = python::smallValue(a);
        const int64_t y = python::smallValue(b);
        return comparison == Py_LT ? x < y : x > y;
    }
    return PyObject_RichCompareBool(a, b, comparison);
}

/// min_max() of Python/bltinmodule.c, which gives the first of several that are equal. One argument is what it looks
/// through.
PyObject* callExtreme(PyThreadState* ts, PyObject** slots, int64_t count, int comparison) {
    if (count < 3) {
        return callBuiltinFast(ts, slots, count);
    }
    PyObject* found = nullptr;
    if (python::enterRecursion(ts, " while calling a Python object")) {
        found = slots[1];
        for (int64_t i = 2; i < count && found != nullptr; i++) {
            const int isFurther = isBeyond(ts, slots[i], found, comparison);
            found = isFurther < 0 ? nullptr : isFurther > 0 ? slots[i] : found;
        }
        python::leaveRecursion(ts);
    }
    return releaseSlots(ts, slots, count, Py_XNewRef(found));
}

}  // namespace

PyObject* callMin(PyThreadState* ts, PyObject** slots, int64_t count) {
    return callExtreme(ts, slots, count, Py_LT);
}

PyObject* callMax(PyThreadState* ts, PyObject** slots, int64_t count) {
    return callExtreme(ts, slots, count, Py_GT);
}

PyObject* callBuiltinClass(PyThreadState* ts, PyObject** slots, int64_t count) {
    const Callee callee{slots + 1, count - 1};
    const vectorcallfunc call = reinterpret_cast<PyTypeObject*>(slots[0])->tp_vectorcall;
    PyObject* result = nullptr;
    if (call != nullptr) {
        result = call(slots[0], slots + 1, static_cast<size_t>(count - 1), nullptr);
    } else if (!callType(callee, result)) {
        result = PyObject_Vectorcall(slots[0], slots + 1, static_cast<size_t>(count - 1), nullptr);
    }
    return releaseSlots(ts, slots, count, result);
}

PyObject* callMethodNone(PyThreadState* ts, PyObject* callable, PyObject* self) {
    PyObject* result = isOfItsType(callable, self)
                           ? callCounted(ts, callable, methodOf(callable)->ml_meth, self, nullptr)
                           : PyObject_Vectorcall(callable, &self, 1, nullptr);
    python::releaseObject(self);
    Py_DECREF(callable);
    return finish(ts, checkPendingAfterCall(ts, result));
}

PyObject* callMethodOne(PyThreadState* ts, PyObject* callable, PyObject* self, PyObject* argument) {
    PyObject* arguments[] = {self, argument};
    PyObject* result = isOfItsType(callable, self)
                           ? callCounted(ts, callable, methodOf(callable)->ml_meth, self, argument)
                           : PyObject_Vectorcall(callable, arguments, 2, nullptr);
    python::releaseObject(self);
    python::releaseObject(argument);
    Py_DECREF(callable);
    return finish(ts, checkPendingAfterCall(ts, result));
}

PyObject* callMethodFast(PyThreadState* ts, PyObject** slots, int64_t count) {
    PyObject* callable = slots[0];
    PyObject* result =
        isOfItsType(callable, slots[1])
            ? callFast(ts, methodOf(callable)->ml_meth, methodOf(callable)->ml_flags, slots[1], slots + 2, count - 2)
            : PyObject_Vectorcall(callable, slots + 1, static_cast<size_t>(count - 1), nullptr);
    return releaseSlots(ts, slots, count, result);
}

PyObject* callBuiltinOne(PyThreadState* ts, PyObject* callable, PyObject* argument) {
    PyObject* result =
        callCounted(ts, callable, PyCFunction_GET_FUNCTION(callable), PyCFunction_GET_SELF(callable), argument);
    python::releaseObject(argument);
    Py_DECREF(callable);
    return finish(ts, checkPendingAfterCall(ts, result));
}

}  // namespace pyjion::runtime
