// SPDX-License-Identifier: MIT
// For unit tests only: a CPython interpreter inside of the test program, and short ways to run Python text in it.
#pragma once

#include <Python.h>

#include <functional>
#include <string>
#include <utility>

#include "python/ref.h"

namespace pyjion::python {

/// Starts the interpreter at the first call of the process; it is never finalised. The caller then holds the GIL.
inline void ensureInterpreter() {
    if (!Py_IsInitialized()) {
        Py_InitializeEx(0);
    }
}

/// Runs statements in a fresh namespace and returns it; null with the exception printed when they fail.
inline Ref<> runPython(const std::string& text) {
    ensureInterpreter();
    auto names = Ref<>::steal(PyDict_New());
    PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins());
    auto name = Ref<>::steal(PyUnicode_FromString("__test__"));
    PyDict_SetItemString(names.get(), "__name__", name.get());
    auto result = Ref<>::steal(PyRun_String(text.c_str(), Py_file_input, names.get(), names.get()));
    if (!result) {
        PyErr_Print();
        return {};
    }
    return names;
}

/// Evaluates an expression among the names of a namespace; null with the exception printed when it fails.
inline Ref<> evaluate(const Ref<>& names, const std::string& text) {
    auto result = Ref<>::steal(PyRun_String(text.c_str(), Py_eval_input, names.get(), names.get()));
    if (!result) {
        PyErr_Print();
    }
    return result;
}

/// evaluate() for what it does, not for its value.
inline void perform(const Ref<>& names, const std::string& text) {
    evaluate(names, text).reset();
}

/// A Python callable that runs `body` with the tuple of arguments; the body returns a new reference or null.
inline Ref<> makeCallable(std::function<PyObject*(PyObject* arguments)> body) {
    using Body = std::function<PyObject*(PyObject*)>;
    static PyMethodDef method = {"callable",
                                 [](PyObject* self, PyObject* arguments) -> PyObject* {
                                     return (*static_cast<Body*>(PyCapsule_GetPointer(self, nullptr)))(arguments);
                                 },
                                 METH_VARARGS, nullptr};
    auto capsule = Ref<>::steal(PyCapsule_New(new Body(std::move(body)), nullptr, [](PyObject* dying) {
        delete static_cast<Body*>(PyCapsule_GetPointer(dying, nullptr));
    }));
    return Ref<>::steal(PyCFunction_New(&method, capsule.get()));
}

/// repr() of an object, "<null>" without one.
inline std::string reprOf(PyObject* object) {
    if (object == nullptr) {
        return "<null>";
    }
    auto text = Ref<>::steal(PyObject_Repr(object));
    return text ? PyUnicode_AsUTF8(text.get()) : "<no repr>";
}

}  // namespace pyjion::python
