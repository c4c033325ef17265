// SPDX-License-Identifier: MIT
#include "python/range_iterator.h"

#include "python/frame.h"

namespace pyjion::python {

RangeState readRangeIterator(PyObject* iterator) {
    const auto index = field<int64_t>(iterator, abi::kRangeIteratorIndex);
    const auto start = field<int64_t>(iterator, abi::kRangeIteratorStart);
    const auto step = field<int64_t>(iterator, abi::kRangeIteratorStep);
    const auto length = field<int64_t>(iterator, abi::kRangeIteratorLength);
    const uint64_t next = static_cast<uint64_t>(start) + static_cast<uint64_t>(index) * static_cast<uint64_t>(step);
    return {static_cast<int64_t>(next), step, length - index};
}

void setRangeIterator(PyObject* iterator, const RangeState& state) {
    field<int64_t>(iterator, abi::kRangeIteratorIndex) = 0;
    field<int64_t>(iterator, abi::kRangeIteratorStart) = state.next;
    field<int64_t>(iterator, abi::kRangeIteratorStep) = state.step;
    field<int64_t>(iterator, abi::kRangeIteratorLength) = state.left;
}

PyObject* makeRangeIterator(const RangeState& state) {
    PyObject* iterator = _PyObject_New(&PyRangeIter_Type);
    if (iterator != nullptr) {
        setRangeIterator(iterator, state);
    }
    return iterator;
}

}  // namespace pyjion::python
