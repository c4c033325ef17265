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
[[gnu::visibility("hidden")]] extern int32_t codeExtraIndex;

/// What `co_extra` points to on 3.11: the number of words, then the words.
struct CodeExtra {
    Py_ssize_t size;
    void* words[1];
};

/// The word of this code object, null when it was never set. Needs requestCodeExtra().
inline void* codeExtra(PyCodeObject* code) {
    // _PyCode_GetExtra does the same with checks; unsupportedReason() proves that this agrees with it.
    auto* extra = static_cast<CodeExtra*>(code->co_extra);
    if (extra == nullptr || extra->size <= codeExtraIndex) {
        return nullptr;
    }
    return extra->words[codeExtraIndex];
}

/// For `freeWord`, while the code object dies: code_dealloc calls the functions of all users of co_extra, also of those
/// who never wrote to this code object. Without us it would not, and they may not be prepared for it (a function that
/// ctypes made may be gone when the process ends), so it is told that there are no words behind ours.
void skipUnusedExtras(PyCodeObject* code);

/// Stores the word. A former word, if any, is freed first. False with an exception set when memory is short.
bool setCodeExtra(PyCodeObject* code, void* word);

}  // namespace pyjion::python
