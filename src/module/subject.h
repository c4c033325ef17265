// SPDX-License-Identifier: MIT
// What a question is about: a function, method or code object.
#pragma once

#include <Python.h>

#include "driver/code_record.h"

namespace pyjion::module {

/// Its code, and its namespaces where it has any. Borrowed.
struct Subject {
    PyCodeObject* code = nullptr;
    PyObject* globals = nullptr;
    PyObject* builtins = nullptr;
};

/// False with TypeError set for anything else.
bool findSubject(PyObject* x, Subject& subject);

/// The record that there is; null when the JIT has never seen the code.
const driver::CodeRecord* knownRecord(const Subject& subject);

}  // namespace pyjion::module
