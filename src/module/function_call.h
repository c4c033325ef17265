// SPDX-License-Identifier: MIT
// The vectorcall of functions that the JIT has seen. It enters compiled code without a detour through the evaluator,
// and the interpreter with less work than CPython's own vectorcall, which serves every kind of parameters: under a
// frame evaluator each call between Python functions is one of these.
#pragma once

#include <Python.h>

#include "runtime/entry.h"

namespace pyjion::module {

/// The function, whose code has this record, is called faster from now on, if it can be.
void callFaster(PyFunctionObject* function, const runtime::CodeEntry& entry);

}  // namespace pyjion::module
