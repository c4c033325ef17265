// SPDX-License-Identifier: MIT
// Finding a key in a dict as CPython does it (dictobject.c: _Py_dict_lookup), for keys and entries whose comparison
// runs no Python code and raises nothing: strings and ints of one digit.
#pragma once

#include <Python.h>

#include <cstdint>
#include <cstring>

namespace pyjion::python {

/// Unknown: CPython has to look.
enum class Looked : uint8_t { Found, Missing, Unknown };

/// Looks for a key in an exact dict. Sets `value`, borrowed, when it is found.
Looked lookUp(PyObject* dict, PyObject* key, PyObject*& value);

/// Whether an exact dict has a key; -1 where CPython has to look.
int hasKey(PyObject* dict, PyObject* key);

/// The place of a string among the entries of a dict whose keys are all strings, found by identity; -1 where it is not
/// there.
int64_t placeOfName(PyDictKeysObject* keys, PyObject* name);

/// Whether two objects are exact strings that can be compared by isSameText().
inline bool areTexts(PyObject* left, PyObject* right) {
    return PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right) && PyUnicode_IS_READY(left) &&
           PyUnicode_IS_READY(right);
}

/// Whether they have the same characters.
inline bool isSameText(PyObject* left, PyObject* right) {
    if (left == right) {
        return true;
    }
    const Py_ssize_t length = PyUnicode_GET_LENGTH(left);
    if (length != PyUnicode_GET_LENGTH(right) || PyUnicode_KIND(left) != PyUnicode_KIND(right)) {
        return false;
    }
    const auto* one = static_cast<const unsigned char*>(PyUnicode_DATA(left));
    const auto* other = static_cast<const unsigned char*>(PyUnicode_DATA(right));
    // Most that differ do so in the first character. (There is a zero behind the last.)
    return one[0] == other[0] && memcmp(one, other, static_cast<size_t>(length) * PyUnicode_KIND(left)) == 0;
}

/// Whether an entry of a container is equal to a key (==). Unknown: they are not strings or ints of one digit, or there
/// is no level of recursion left, as which CPython counts the comparison.
Looked compareKeys(PyObject* entry, PyObject* key);

/// The string of one character below 256, which CPython has once for all. Borrowed.
PyObject* latinCharacter(unsigned char character);

}  // namespace pyjion::python
