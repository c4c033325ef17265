// SPDX-License-Identifier: MIT
// Objects for numbers that compiled code has computed already: there is no instruction left that could fail, so there
// must be memory for them. When CPython has none, they come out of a reserve, and the JIT is told: it lets the
// interpreter go on, which raises MemoryError where that belongs, until the reserve is full again.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/range_iterator.h"

namespace pyjion::python {

/// New references, never null. No exception is set or lost.
PyObject* certainInt(int64_t value);
PyObject* certainDouble(double value);
PyObject* certainRangeIterator(const RangeState& state);

/// Fills up what is missing in the reserve. False, without an exception, when there is no memory for that.
bool fillNumberReserve();

/// Called when the reserve was used. It may do nothing that needs memory, and run no Python code.
void setReserveHook(void (*hook)());

}  // namespace pyjion::python
