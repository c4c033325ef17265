// SPDX-License-Identifier: MIT
// GET_ITER and FOR_ITER.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

/// The iterator of a consumed object, whose type is recorded in `site->seenLeft`.
PyObject* getIter(PyObject* iterable, Site* site);

/// The next object of a borrowed iterator, its type recorded in `site->seenLeft`. Null at the end, on failure, and when
/// the result was stashed; failed() tells the end from the others. At the end StopIteration is cleared, of which a
/// tracer that the iterator has just installed is told.
PyObject* iterNext(PyObject* iterator, Site* site);

/// After a null that is not by itself a failure: 1 when an exception is set or a result is stashed, 0 at the end, and
/// -1 there when compiled code must be left, with False stashed.
int32_t failed();

}  // namespace pyjion::runtime
