// SPDX-License-Identifier: MIT
// Subscripts: BINARY_SUBSCR, STORE_SUBSCR, DELETE_SUBSCR, BUILD_SLICE. Operands are consumed. Lists and tuples with
// small ints, and dicts, are read and written here; everything else goes to CPython. Sites learn of which kind the
// containers are that hold numbers (python/elements.h).
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

struct Site;

PyObject* binarySubscript(PyObject* container, PyObject* key, Site* site);
/// container[key] = value, the operands in the order of the stack.
int32_t storeSubscript(PyObject* value, PyObject* container, PyObject* key, Site* site);
int32_t deleteSubscript(PyObject* container, PyObject* key);
PyObject* buildSlice(PyObject* start, PyObject* stop);
PyObject* buildSteppedSlice(PyObject* start, PyObject* stop, PyObject* step);
/// sequence[start:stop]
PyObject* slice(PyObject* sequence, PyObject* start, PyObject* stop);

/// Adds a container to what the site has seen, if it has not seen too many kinds.
void noteContainer(Site* site, PyObject* container);

}  // namespace pyjion::runtime
