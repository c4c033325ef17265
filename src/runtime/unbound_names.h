// SPDX-License-Identifier: MIT
// The errors for names without a value, with the interpreter's words.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// NameError for a global or builtin name, as format_exc_check_arg makes it: it remembers the name, for suggestions.
void raiseNameError(PyObject* name);

/// UnboundLocalError for a local or cell variable, NameError for a free variable: format_exc_unbound. `slot` is the
/// variable's number among the code's fast locals.
void raiseUnbound(PyCodeObject* code, int32_t slot);

/// UnboundLocalError for a fast local.
void raiseUnboundLocal(PyCodeObject* code, int32_t slot);

}  // namespace pyjion::runtime
