// SPDX-License-Identifier: MIT
// One word of the project's own on every code object (PEP 523's co_extra). Reading it is what each call of a function
// that is not compiled pays, hence inline.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

/// Asks CPython for the word, once per process and for the main interpreter; `freeWord` is called with it when the code
/// object dies, or another value replaces it. False without an exception when CPython has no word left to give.
bool requestCodeExtra(void (*freeWord)(void*));

/// The index that requestCodeExtra() got, -1 before.
extern int32_t codeExtraIndex;

/// The word of this code object, null when it was never set. Needs requestCodeExtra().
inline void* codeExtra(PyCodeObject* code) {
    // What `co_extra` points to on 3.11: the number of words, then the words. (_PyCode_GetExtra does the same with
    // checks; unsupportedReason() proves that this agrees with it.)
    struct Extra {
        Py_ssize_t size;
        void* words[1];
    };
    auto* extra = static_cast<Extra*>(code->co_extra);
    if (extra == nullptr || extra->size <= codeExtraIndex) {
        return nullptr;
    }
    return extra->words[codeExtraIndex];
}

/// Stores the word. A former word, if any, is freed first. False with an exception set when memory is short.
bool setCodeExtra(PyCodeObject* code, void* word);

}  // namespace pyjion::python
