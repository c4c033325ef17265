// SPDX-License-Identifier: MIT
#include "python/names.h"

#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "python/internal.h"

#include <internal/pycore_global_strings.h>

namespace pyjion::python {

namespace {

bool isControl(Py_UCS4 character) {
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 || character == 0x2029;
}

void appendEscaped(std::string& text, Py_UCS4 character) {
    const auto number = static_cast<uint32_t>(character);
    if (character == '\n') {
        text += "\\n";
    } else if (number <= 0xff) {
        fmt::format_to(std::back_inserter(text), "\\x{:02x}", number);
    } else {
        fmt::format_to(std::back_inserter(text), "\\u{:04x}", number);
    }
}

void appendUtf8(std::string& text, Py_UCS4 character) {
    const auto continuation = [character](int shift) {
        return static_cast<char>(0x80 | ((character >> shift) & 0x3f));
    };
    if (character < 0x80) {
        text += static_cast<char>(character);
    } else if (character < 0x800) {
        text += static_cast<char>(0xc0 | (character >> 6));
        text += continuation(0);
    } else if (character < 0x10000) {
        text += static_cast<char>(0xe0 | (character >> 12));
        text += continuation(6);
        text += continuation(0);
    } else {
        text += static_cast<char>(0xf0 | (character >> 18));
        text += continuation(12);
        text += continuation(6);
        text += continuation(0);
    }
}

}  // namespace

std::string textOf(PyObject* string, Py_ssize_t longest) {
    // Strings that C code made in the old way have no characters before they are asked for them.
    if (!PyUnicode_Check(string) || !PyUnicode_IS_READY(string)) {
        return "?";
    }
    const Py_ssize_t length = PyUnicode_GET_LENGTH(string);
    const Py_ssize_t shown = std::min(length, longest);
    const int kind = PyUnicode_KIND(string);
    const void* characters = PyUnicode_DATA(string);
    std::string text;
    text.reserve(static_cast<size_t>(shown));
    for (Py_ssize_t i = 0; i < shown; ++i) {
        const Py_UCS4 character = PyUnicode_READ(kind, characters, i);
        if (isControl(character) || Py_UNICODE_IS_SURROGATE(character)) {
            appendEscaped(text, character);
        } else {
            appendUtf8(text, character);
        }
    }
    return shown < length ? text + "..." : text;
}

bool looksUpQuietly(PyObject* dict) {
    return dict != nullptr && PyDict_CheckExact(dict) &&
           reinterpret_cast<PyDictObject*>(dict)->ma_keys->dk_kind != DICT_KEYS_GENERAL;
}

PyObject* quietLookup(PyObject* dict, PyObject* name) {
    if (!looksUpQuietly(dict) || !PyUnicode_CheckExact(name)) {
        return nullptr;
    }
    const Py_hash_t hash = PyObject_Hash(name);
    return hash != -1 ? _PyDict_GetItem_KnownHash(dict, name, hash) : nullptr;
}

PyObject* originalBuiltin(PyObject* name) {
    return quietLookup(PyInterpreterState_Main()->builtins_copy, name);
}

bool areMains(PyObject* globals) {
    // Null when the interpreter ends; PyImport_GetModuleDict() would end the process then.
    PyObject* modules = PyInterpreterState_Main()->modules;
    PyObject* main = quietLookup(modules, &_Py_ID(__main__));
    if (main != nullptr && PyModule_Check(main) && PyModule_GetDict(main) == globals) {
        return true;
    }
    PyObject* name = quietLookup(globals, &_Py_ID(__name__));
    return name != nullptr && PyUnicode_CheckExact(name) && _PyUnicode_EqualToASCIIString(name, "__mp_main__") != 0;
}

}  // namespace pyjion::python
