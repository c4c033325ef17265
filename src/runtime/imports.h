// SPDX-License-Identifier: MIT
// IMPORT_NAME, IMPORT_FROM and IMPORT_STAR. Operands are consumed, except for the module of importFrom.
#pragma once

#include "python/frame.h"

namespace pyjion::runtime {

PyObject* importName(_PyInterpreterFrame* frame, PyObject* level, PyObject* fromList, PyObject* name);
PyObject* importFrom(PyObject* module, PyObject* name);
int32_t importStar(_PyInterpreterFrame* frame, PyObject* module);

}  // namespace pyjion::runtime
