// SPDX-License-Identifier: MIT
// Which parameter each argument of a call with keywords is for. Input: a code object without starred and keyword-only
// parameters, the arguments, the names of the last of them, the function's defaults. Output: the callee's locals.
#pragma once

#include <Python.h>

#include <cstdint>

#include "runtime/callee.h"

namespace pyjion::runtime {

/// Where the arguments of a call with keywords go. Names are compared by identity, as they are interned; whoever has
/// others, or wrong ones, is told no place.
struct Binding {
    static constexpr int64_t kMostParameters = 64;
    static constexpr int64_t kMostNames = 16;
    int64_t positional;
    int64_t named;
    int64_t parameters;
    uint64_t filled;  // by parameter
    int8_t places[kMostNames];

    bool bind(PyCodeObject* code, Callee callee, PyObject* names) {
        named = PyTuple_GET_SIZE(names);
        positional = callee.count - named;
        parameters = code->co_argcount;
        if (named > kMostNames || parameters > kMostParameters || positional > parameters) {
            return false;
        }
        filled = positional < kMostParameters ? (uint64_t{1} << positional) - 1 : UINT64_MAX;
        for (int64_t i = 0; i < named; i++) {
            const int64_t place = placeOf(code, PyTuple_GET_ITEM(names, i));
            if (place < 0 || (filled >> place & 1) != 0) {
                return false;
            }
            filled |= uint64_t{1} << place;
            places[i] = static_cast<int8_t>(place);
        }
        return true;
    }

    int64_t placeOf(PyCodeObject* code, PyObject* name) const {
        for (int64_t place = code->co_posonlyargcount; place < parameters; place++) {
            if (PyTuple_GET_ITEM(code->co_localsplusnames, place) == name) {
                return place;
            }
        }
        return -1;
    }

    /// Whether the function has defaults for all other parameters.
    bool isCompleted(PyObject* defaults) const {
        const int64_t withDefaults = defaults != nullptr ? PyTuple_GET_SIZE(defaults) : 0;
        for (int64_t place = positional; place < parameters - withDefaults; place++) {
            if ((filled >> place & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    void move(Callee callee, PyObject* defaults, PyObject** locals) const {
        for (int64_t i = 0; i < positional; i++) {
            locals[i] = callee.arguments[i];
        }
        for (int64_t i = 0; i < named; i++) {
            locals[places[i]] = callee.arguments[positional + i];
        }
        for (int64_t place = positional; place < parameters; place++) {
            if ((filled >> place & 1) == 0) {
                locals[place] =
                    Py_NewRef(PyTuple_GET_ITEM(defaults, PyTuple_GET_SIZE(defaults) - (parameters - place)));
            }
        }
    }
};

}  // namespace pyjion::runtime
