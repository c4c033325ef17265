// SPDX-License-Identifier: MIT
// Iterators of builtin types that keep where they are in fields of their own: listiterobject (Objects/listobject.c),
// tupleiterobject (tupleobject.c), enumobject (enumobject.c), zipobject (Python/bltinmodule.c).
#pragma once

#include <Python.h>

#include "base/iterator_kinds.h"

namespace pyjion::python {

/// Never Unknown.
base::IteratorKind iteratorKindOf(PyObject* iterator);

/// An enumeration or zip has given `item` without the tuple in which it would lie at `place`: it is kept alive until
/// the next one all the same. What was there before goes, which must not be the last reference to anything with a
/// finalizer.
void keepInPair(PyObject* iterator, int32_t place, PyObject* item);

}  // namespace pyjion::python
