// SPDX-License-Identifier: MIT
// Cells and free variables, and the deletion of locals. `slot` points to a slot of the frame, `index` is its number.
#pragma once

#include "python/frame.h"

namespace pyjion::runtime {

int32_t deleteFast(_PyInterpreterFrame* frame, int32_t index, PyObject** slot);
int32_t makeCell(PyObject** slot);
int32_t copyFreeVars(_PyInterpreterFrame* frame, int32_t count);
PyObject* loadDeref(_PyInterpreterFrame* frame, int32_t index, PyObject** slot);
PyObject* loadClassDeref(_PyInterpreterFrame* frame, int32_t index, PyObject** slot);
int32_t storeDeref(PyObject** slot, PyObject* value);
int32_t deleteDeref(_PyInterpreterFrame* frame, int32_t index, PyObject** slot);

}  // namespace pyjion::runtime
