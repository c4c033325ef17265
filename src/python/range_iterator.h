// SPDX-License-Identifier: MIT
// Iterators over ranges, whose structure CPython keeps to itself: reading one, and making one in the middle of its way.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/abi.h"

namespace pyjion::python {

/// The state of an iterator over a range: `left` values are to come, the first of them is `next`.
struct RangeState {
    int64_t next = 0;
    int64_t step = 1;
    int64_t left = 0;

    bool operator==(const RangeState&) const = default;
};

/// Whether the object is an iterator over a range whose values fit 64 bits.
inline bool isRangeIterator(PyObject* object) {
    return Py_TYPE(object) == &PyRangeIter_Type;
}

/// What the iterator would give from now on. Arithmetic wraps as the iterator's own does.
RangeState readRangeIterator(PyObject* iterator);

/// Puts an iterator that nobody else has seen into this state.
void setRangeIterator(PyObject* iterator, const RangeState& state);

/// A new iterator in this state; null with MemoryError set. Runs no Python.
PyObject* makeRangeIterator(const RangeState& state);

}  // namespace pyjion::python
