// SPDX-License-Identifier: MIT
// What the parameters `*` and `**` of a function get of a call without keywords (initialize_locals in CPython's
// Python/ceval.c).
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "runtime/callee.h"

namespace pyjion::runtime {

class CollectedArguments {
  public:
    CollectedArguments() = default;
    CollectedArguments(const CollectedArguments&) = delete;
    CollectedArguments& operator=(const CollectedArguments&) = delete;
    ~CollectedArguments() {
        Py_XDECREF(names_);
        Py_XDECREF(rest_);
    }

    /// Makes the containers. False, without an exception, when the call has too many arguments, or there is no memory.
    bool make(PyCodeObject* code, Callee callee) {
        parameters_ = code->co_argcount;
        given_ = std::min(callee.count, parameters_);
        const int64_t more = callee.count - given_;
        const bool takesMore = (code->co_flags & CO_VARARGS) != 0;
        const bool takesNames = (code->co_flags & CO_VARKEYWORDS) != 0;
        if (more != 0 && !takesMore) {
            return false;
        }
        names_ = takesNames ? PyDict_New() : nullptr;
        rest_ = takesMore ? PyTuple_New(more) : nullptr;
        const bool isMade = (names_ != nullptr || !takesNames) && (rest_ != nullptr || !takesMore);
        if (!isMade) {
            PyErr_Clear();
        }
        return isMade;
    }

    /// Whether the function has defaults for all parameters that the call leaves out.
    bool isCompleted(const PyFunctionObject& function) const {
        PyObject* defaults = function.func_defaults;
        return parameters_ - given_ <= (defaults != nullptr ? PyTuple_GET_SIZE(defaults) : 0);
    }

    /// The locals that move() fills: the first ones.
    int64_t slots() const { return parameters_ + (rest_ != nullptr ? 1 : 0) + (names_ != nullptr ? 1 : 0); }

    void move(Callee callee, const PyFunctionObject& function, PyObject** locals) {
        PyObject* defaults = function.func_defaults;
        PyObject** local = std::copy(callee.arguments, callee.arguments + given_, locals);
        for (int64_t missing = parameters_ - given_; missing != 0; --missing) {
            *local++ = Py_NewRef(PyTuple_GET_ITEM(defaults, PyTuple_GET_SIZE(defaults) - missing));
        }
        if (rest_ != nullptr) {
            for (int64_t i = given_; i < callee.count; ++i) {
                PyTuple_SET_ITEM(rest_, i - given_, callee.arguments[i]);
            }
            *local++ = std::exchange(rest_, nullptr);
        }
        if (names_ != nullptr) {
            *local = std::exchange(names_, nullptr);
        }
    }

  private:
    int64_t parameters_ = 0;
    int64_t given_ = 0;  // by position, of the parameters
    PyObject* rest_ = nullptr;
    PyObject* names_ = nullptr;
};

}  // namespace pyjion::runtime
