// SPDX-License-Identifier: MIT
// Calls of builtin functions, of methods of builtin types, and of type() and str(), without the way through vectorcall:
// what the interpreter's specialised forms of PRECALL do. Positional arguments only.
#pragma once

#include "runtime/callee.h"

namespace pyjion::runtime {

/// Makes the call and consumes callable and arguments. False with nothing done when it is none of these.
bool callBuiltin(PyThreadState* ts, Callee callee, PyObject*& result);

}  // namespace pyjion::runtime
