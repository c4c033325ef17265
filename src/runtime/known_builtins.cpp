// SPDX-License-Identifier: MIT
#include "runtime/known_builtins.h"

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

PyObject* callBuiltinOne(PyThreadState* ts, PyObject* callable, PyObject* argument) {
    PyObject* result =
        callCounted(ts, callable, PyCFunction_GET_FUNCTION(callable), PyCFunction_GET_SELF(callable), argument);
    python::releaseObject(argument);
    Py_DECREF(callable);
    return finish(ts, checkPendingAfterCall(ts, result));
}

}  // namespace pyjion::runtime
