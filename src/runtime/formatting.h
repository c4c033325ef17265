// SPDX-License-Identifier: MIT
// f-strings: FORMAT_VALUE and BUILD_STRING. Operands are consumed.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// `conversion`: 0 for none, 1 for str, 2 for repr, 3 for ascii; other bits are not looked at.
PyObject* formatValue(PyObject* value, int32_t conversion);
PyObject* formatBySpec(PyObject* value, PyObject* spec, int32_t conversion);
PyObject* buildString(PyObject** pieces, int64_t count);

}  // namespace pyjion::runtime
