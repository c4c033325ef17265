// SPDX-License-Identifier: MIT
// For unit tests only: operands at the edges of what the fast paths cover, and comparing a helper with the C API.
#pragma once

#include <Python.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "deopt/leave.h"
#include "python/embedded_interpreter.h"
#include "runtime/site.h"

namespace pyjion::runtime::testing {

/// Expressions, so that each evaluation gives a fresh object where Python makes one.
inline const std::vector<std::string>& edgeOperands() {
    // clang-format off
    static const std::vector<std::string> expressions = {
        "0", "1", "-1", "7", "-7", "2**30", "2**30-1", "2**30+1", "-2**30", "-2**30+1", "-2**30-1", "2**60", "-2**60",
        "2**62", "-2**62", "2**63-1", "2**63", "2**63+1", "-2**63+1", "-2**63", "-2**63-1", "2**100",
        "float('0.0')", "float('-0.0')", "float('2.5')", "float('-2.5')", "float('nan')", "float('inf')",
        "float('-inf')", "float('1e308')", "float('5e-324')", "True", "False", "None", "'s'", "'\\u20ac' * 3",
        "(1, 2)", "[1]", "{}", "Raises()", "Answers()", "IntChild(5)", "FloatChild(1.5)"};
    // clang-format on
    return expressions;
}

inline PyObject* operandNamespace() {
    static PyObject* names = python::runPython(R"py(
class Raises:
    def fail(self, *_):
        raise ValueError("no " + type(self).__name__)
    __add__ = __radd__ = __iadd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = fail
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __lt__ = __le__ = __eq__ = __ne__ = __gt__ = __ge__ = fail
    __bool__ = __neg__ = __pos__ = __invert__ = __contains__ = __iter__ = fail
class Answers:
    def answer(self, *_):
        return "answer"
    __add__ = __radd__ = __isub__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = answer
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __lt__ = __le__ = __eq__ = __ne__ = __gt__ = __ge__ = answer
    __neg__ = __pos__ = __invert__ = answer
    def __repr__(self):
        return "Answers()"
class IntChild(int):
    def __add__(self, other):
        return "int child"
    __radd__ = __add__
    def __lt__(self, other):
        return "int child"
class FloatChild(float):
    def __add__(self, other):
        return "float child"
    __radd__ = __add__
)py")
                                 .release();
    return names;
}

/// A new reference to the value of an expression.
inline PyObject* operand(const std::string& expression) {
    PyObject* names = operandNamespace();
    PyObject* value = PyRun_String(expression.c_str(), Py_eval_input, names, names);
    if (value == nullptr) {
        PyErr_Print();
    }
    return value;
}

/// What became of an operation, as text: type and repr of the result, or type and message of the exception. Consumes
/// the result and clears the exception.
inline std::string outcome(PyObject* result) {
    if (result != nullptr) {
        EXPECT_EQ(PyErr_Occurred(), nullptr);
        std::string text = std::string(Py_TYPE(result)->tp_name) + " " + python::reprOf(result);
        Py_DECREF(result);
        return text;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == nullptr) {
        return "null without an exception";
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject* message = PyObject_Str(value);
    std::string text = std::string(reinterpret_cast<PyTypeObject*>(type)->tp_name) + ": " + PyUnicode_AsUTF8(message);
    Py_DECREF(message);
    Py_XDECREF(traceback);
    Py_DECREF(value);
    Py_DECREF(type);
    return text;
}

/// Reference counts of operands before and after: what a helper consumes must be gone, nothing else.
class HeldOperand {
  public:
    explicit HeldOperand(PyObject* object) : object_(object), count_(Py_REFCNT(object)) {}
    ~HeldOperand() { Py_DECREF(object_); }
    HeldOperand(const HeldOperand&) = delete;
    HeldOperand& operator=(const HeldOperand&) = delete;

    PyObject* get() const { return object_; }
    /// A reference for the helper to consume.
    PyObject* give() const {
        Py_INCREF(object_);
        return object_;
    }
    /// Counts from now on: operands that are the same object, or contain each other, are all made by then.
    void recount() { count_ = Py_REFCNT(object_); }
    /// References that are there in excess of those at the beginning.
    Py_ssize_t excess() const { return Py_REFCNT(object_) - count_; }

  private:
    PyObject* object_;
    Py_ssize_t count_;
};

/// An object whose method of this name switches tracing on and returns the value of an expression.
inline PyObject* makeTracer(const std::string& method, const std::string& result) {
    python::Ref<> names = python::runPython("import sys\nclass Tracer:\n    def " + method +
                                            "(self, *_):\n        sys.settrace(lambda *_: None)\n        return " +
                                            result + "\ntracer = Tracer()\n");
    PyObject* tracer = PyDict_GetItemString(names.get(), "tracer");
    Py_INCREF(tracer);
    // The namespace must not keep the object alive: its finalizer is of interest, too.
    PyDict_DelItemString(names.get(), "tracer");
    return tracer;
}

inline void stopTracing() {
    (void)python::runPython("import sys\nsys.settrace(None)\n");
}

/// The stashed result, which is taken away; null when there is none.
inline PyObject* takeStashed() {
    PyObject* result = deopt::stashedResult;
    deopt::stashedResult = nullptr;
    return result;
}

/// What a profile has seen of an object.
inline TypeSet profileOf(PyObject* object) {
    TypeSet seen = 0;
    recordType(seen, object);
    return seen;
}

}  // namespace pyjion::runtime::testing
