// SPDX-License-Identifier: MIT
// Which parameter each argument is for, of a call with keywords, or of a function with keyword-only parameters. Input:
// a function without starred parameters, the arguments, the names of the last of them (null: none). Output: the
// callee's locals (initialize_locals in CPython's Python/ceval.c).
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/names.h"
#include "runtime/callee.h"

namespace pyjion::runtime {

/// Where the arguments of a call go. Names are compared by identity, as they are interned; whoever has others, or wrong
/// ones, is told no place.
struct Binding {
    static constexpr int64_t kMostParameters = 64;
    static constexpr int64_t kMostNames = 16;
    static constexpr int64_t kMostNamedOnly = 16;
    int64_t positional;
    int64_t named;
    int64_t ordinary;    // parameters that are not keyword-only, which come first
    int64_t parameters;  // all
    uint64_t filled;     // by parameter
    int8_t places[kMostNames];
    PyObject* namedDefaults[kMostNamedOnly];  // borrowed; of keyword-only parameters that are left out

    bool bind(PyCodeObject* code, Callee callee, PyObject* names) {
        named = names != nullptr ? PyTuple_GET_SIZE(names) : 0;
        positional = callee.count - named;
        ordinary = code->co_argcount;
        parameters = ordinary + code->co_kwonlyargcount;
        if (named > kMostNames || parameters > kMostParameters || parameters - ordinary > kMostNamedOnly ||
            positional > ordinary) {
            return false;
        }
        filled = positional < kMostParameters ? (uint64_t{1} << positional) - 1 : UINT64_MAX;
        for (int64_t i = 0; i < named; i++) {
            const int64_t place = placeOf(code, PyTuple_GET_ITEM(names, i));
            if (place < 0 || isFilled(place)) {
                return false;
            }
            filled |= uint64_t{1} << place;
            places[i] = static_cast<int8_t>(place);
        }
        return true;
    }

    /// Whether the function has defaults for all other parameters, which are found here. Runs nothing.
    bool isCompleted(const PyFunctionObject& function) {
        const int64_t withDefaults = function.func_defaults != nullptr ? PyTuple_GET_SIZE(function.func_defaults) : 0;
        for (int64_t place = positional; place < ordinary - withDefaults; place++) {
            if (!isFilled(place)) {
                return false;
            }
        }
        for (int64_t place = ordinary; place < parameters; place++) {
            PyObject*& found = namedDefaults[place - ordinary];
            if (!isFilled(place) && (found = namedDefault(function, place)) == nullptr) {
                return false;
            }
        }
        return true;
    }

    void move(Callee callee, const PyFunctionObject& function, PyObject** locals) const {
        for (int64_t i = 0; i < positional; i++) {
            locals[i] = callee.arguments[i];
        }
        for (int64_t i = 0; i < named; i++) {
            locals[places[i]] = callee.arguments[positional + i];
        }
        for (int64_t place = positional; place < parameters; place++) {
            if (!isFilled(place)) {
                locals[place] =
                    Py_NewRef(place < ordinary ? ordinaryDefault(function, place) : namedDefaults[place - ordinary]);
            }
        }
    }

  private:
    bool isFilled(int64_t place) const { return (filled >> place & 1) != 0; }

    int64_t placeOf(PyCodeObject* code, PyObject* name) const {
        for (int64_t place = code->co_posonlyargcount; place < parameters; place++) {
            if (PyTuple_GET_ITEM(code->co_localsplusnames, place) == name) {
                return place;
            }
        }
        return -1;
    }

    PyObject* ordinaryDefault(const PyFunctionObject& function, int64_t place) const {
        PyObject* defaults = function.func_defaults;
        return PyTuple_GET_ITEM(defaults, PyTuple_GET_SIZE(defaults) - (ordinary - place));
    }

    /// Borrowed; null where there is none, or finding it could run Python code.
    static PyObject* namedDefault(const PyFunctionObject& function, int64_t place) {
        PyObject* names = reinterpret_cast<PyCodeObject*>(function.func_code)->co_localsplusnames;
        return function.func_kwdefaults != nullptr
                   ? python::quietLookup(function.func_kwdefaults, PyTuple_GET_ITEM(names, place))
                   : nullptr;
    }
};

}  // namespace pyjion::runtime
