// SPDX-License-Identifier: MIT
// GET_ITER and FOR_ITER.
#include "runtime/iteration.h"

#include "python/abi.h"
#include "python/frame.h"
#include "python/int_objects.h"
#include "python/iterators.h"
#include "python/trace_events.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

using python::field;
namespace abi = python::abi;

/// What FOR_ITER does when tp_iternext gave nothing: true when that is the end, with no exception left.
bool isEnd(PyThreadState* ts) {
    if (!python::isRaised(ts)) {
        return true;
    }
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
        return false;
    }
    if (python::isTraced(ts)) {
        python::traceException(ts, python::currentFrame(ts));
    }
    PyErr_Clear();
    return true;
}

}  // namespace

PyObject* getIter(PyObject* iterable, Site* site) {
    recordType(site->seenLeft, iterable);
    PyObject* iterator = PyObject_GetIter(iterable);
    if (iterator != nullptr && site->iterator != base::IteratorKind::Other) {
        site->iterator = base::join(site->iterator, python::iteratorKindOf(iterator));
    }
    Py_DECREF(iterable);
    return finish(iterator);
}

PyObject* iterNext(PyObject* iterator, Site* site) {
    if (Py_IS_TYPE(iterator, &PyRangeIter_Type)) {
        int64_t& index = field<int64_t>(iterator, abi::kRangeIteratorIndex);
        if (index >= field<int64_t>(iterator, abi::kRangeIteratorLength)) {
            return nullptr;
        }
        site->seenLeft |= kIntBit;
        // Unsigned: the product wraps for iterators made by __setstate__, as rangeiter_next lets it.
        const auto offset = static_cast<uint64_t>(index++) * field<uint64_t>(iterator, abi::kRangeIteratorStep);
        return python::makeInt(static_cast<int64_t>(field<uint64_t>(iterator, abi::kRangeIteratorStart) + offset));
    }
    PyObject* next = Py_TYPE(iterator)->tp_iternext(iterator);
    PyThreadState* ts = python::currentThread();
    if (next == nullptr) {
        isEnd(ts);
        return nullptr;
    }
    recordType(site->seenLeft, next);
    return finish(ts, next);
}

int32_t failed() {
    PyThreadState* ts = python::currentThread();
    if (python::isRaised(ts) || deopt::stashedResult != nullptr) {
        return 1;
    }
    return decided(ts, 0);
}

}  // namespace pyjion::runtime
