// SPDX-License-Identifier: MIT
// Which objects end without Python code being run.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// Whether the end of an object, and of what it alone holds, runs no Python code: no finalizer, no callback of a weak
/// reference. False when that is not seen at once.
bool endsQuietly(PyObject* object);

}  // namespace pyjion::python
