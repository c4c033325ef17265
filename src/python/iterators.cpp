// SPDX-License-Identifier: MIT
#include "python/iterators.h"

#include <cstdint>

#include "python/abi.h"
#include "python/frame.h"

namespace pyjion::python {

using base::IteratorKind;

namespace {

bool isOverSequence(PyObject* iterator) {
    return Py_IS_TYPE(iterator, &PyListIter_Type) || Py_IS_TYPE(iterator, &PyTupleIter_Type);
}

/// It counts in a word, which no count fits that is a long int.
bool isEnumerated(PyObject* iterator) {
    return field<PyObject*>(iterator, abi::kEnumerateLongIndex) == nullptr &&
           isOverSequence(field<PyObject*>(iterator, abi::kEnumerateIterator));
}

/// Not strict: that looks at the second when the first has ended. Nor one iterator twice, which may have one item left.
bool isZipped(PyObject* iterator) {
    PyObject* zipped = field<PyObject*>(iterator, abi::kZipIterators);
    return field<int64_t>(iterator, abi::kZipSize) == 2 && field<int32_t>(iterator, abi::kZipIsStrict) == 0 &&
           PyTuple_GET_ITEM(zipped, 0) != PyTuple_GET_ITEM(zipped, 1) && isOverSequence(PyTuple_GET_ITEM(zipped, 0)) &&
           isOverSequence(PyTuple_GET_ITEM(zipped, 1));
}

}  // namespace

IteratorKind iteratorKindOf(PyObject* iterator) {
    if (isOverSequence(iterator)) {
        return IteratorKind::Sequence;
    }
    if (Py_IS_TYPE(iterator, &PyEnum_Type)) {
        return isEnumerated(iterator) ? IteratorKind::Enumerated : IteratorKind::Other;
    }
    if (Py_IS_TYPE(iterator, &PyZip_Type)) {
        return isZipped(iterator) ? IteratorKind::Zipped : IteratorKind::Other;
    }
    return IteratorKind::Other;
}

void keepInPair(PyObject* iterator, int32_t place, PyObject* item) {
    PyObject* pair = field<PyObject*>(iterator, abi::kReusedPair);
    if (Py_REFCNT(pair) != 1) {
        return;  // somebody holds it: another tuple would have been made
    }
    PyObject* old = PyTuple_GET_ITEM(pair, place);
    PyTuple_SET_ITEM(pair, place, Py_NewRef(item));
    if (!PyObject_GC_IsTracked(pair)) {
        PyObject_GC_Track(pair);  // a collection has found nothing in it
    }
    Py_DECREF(old);
}

}  // namespace pyjion::python
