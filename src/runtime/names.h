// SPDX-License-Identifier: MIT
// The namespaces of modules, classes and exec: LOAD_NAME and its family, which look into the frame's mapping of locals
// first. That mapping may be any object.
#pragma once

#include "python/frame.h"

namespace pyjion::runtime {

PyObject* loadName(_PyInterpreterFrame* frame, PyObject* name);
int32_t storeName(_PyInterpreterFrame* frame, PyObject* name, PyObject* value);
int32_t deleteName(_PyInterpreterFrame* frame, PyObject* name);
int32_t deleteGlobal(_PyInterpreterFrame* frame, PyObject* name);
PyObject* loadBuildClass(_PyInterpreterFrame* frame);
int32_t setupAnnotations(_PyInterpreterFrame* frame);
int32_t printExpr(PyObject* value);

/// A name's value in the frame's mapping of locals, which must be there. New reference; null with an exception set, or
/// without one when the mapping does not have the name.
PyObject* lookInLocals(_PyInterpreterFrame* frame, PyObject* name);

}  // namespace pyjion::runtime
