// SPDX-License-Identifier: MIT
// Calls with keywords, and with arguments in a tuple and a dict. What lies in the slots is consumed.
#pragma once

#include "python/frame.h"

namespace pyjion::runtime {

/// KW_NAMES and CALL: as Call, with `names` (a tuple) for the last of the arguments. `count` slots: the callable's pair
/// and the arguments.
PyObject* callWithNames(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t count,
                        PyObject* names);

/// CALL_FUNCTION_EX. The slots: null, the callable, the positional arguments, and, if `count` is 4, the keywords.
PyObject* callFunctionEx(PyThreadState* ts, PyObject** slots, int64_t count);

}  // namespace pyjion::runtime
