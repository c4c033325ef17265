// SPDX-License-Identifier: MIT
#include "python/code_extra.h"

namespace pyjion::python {

int32_t codeExtraIndex = -1;

bool requestCodeExtra(void (*freeWord)(void*)) {
    if (codeExtraIndex < 0) {
        codeExtraIndex = static_cast<int32_t>(_PyEval_RequestCodeExtraIndex(freeWord));
    }
    return codeExtraIndex >= 0;
}

void skipUnusedExtras(PyCodeObject* code) {
    auto* extra = static_cast<CodeExtra*>(code->co_extra);
    for (Py_ssize_t i = 0; i < extra->size; ++i) {
        if (i != codeExtraIndex && extra->words[i] != nullptr) {
            return;
        }
    }
    extra->size = codeExtraIndex + 1;
}

bool setCodeExtra(PyCodeObject* code, void* word) {
    return _PyCode_SetExtra(reinterpret_cast<PyObject*>(code), codeExtraIndex, word) == 0;
}

}  // namespace pyjion::python
