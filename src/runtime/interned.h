// SPDX-License-Identifier: MIT
// Names that helpers look up, as the strings that CPython itself uses for them.
#pragma once

#include <Python.h>

namespace pyjion::runtime {

/// An interned string that is never freed. To be kept in a static variable.
inline PyObject* interned(const char* text) {
    PyObject* string = PyUnicode_InternFromString(text);
    if (string == nullptr) {
        Py_FatalError("pyjion: out of memory for the name of an attribute");
    }
    return string;
}

}  // namespace pyjion::runtime
