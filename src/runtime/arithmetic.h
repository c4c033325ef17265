// SPDX-License-Identifier: MIT
// Binary operators on objects, as BINARY_OP does them: exact paths for small ints and floats that run no Python code,
// everything else through PyNumber_*. Operands are consumed, their types are recorded in the site.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

PyObject* add(PyObject* left, PyObject* right, Site* site);
PyObject* subtract(PyObject* left, PyObject* right, Site* site);
PyObject* multiply(PyObject* left, PyObject* right, Site* site);
PyObject* trueDivide(PyObject* left, PyObject* right, Site* site);
PyObject* floorDivide(PyObject* left, PyObject* right, Site* site);
PyObject* modulo(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceAdd(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceSubtract(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceMultiply(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceTrueDivide(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceFloorDivide(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceModulo(PyObject* left, PyObject* right, Site* site);

/// add() and inplaceAdd() where the next instruction stores the result into the local at `slot`. When the local holds
/// `left` and both are exactly str, the local gives its reference up first (the slot is null then, also when memory
/// runs out), so that a string nobody else holds is extended in place: BINARY_OP_INPLACE_ADD_UNICODE. `slot` may be
/// null. The caller must not hold a borrowed `left` across the call.
PyObject* addLocal(PyObject* left, PyObject* right, Site* site, PyObject** slot);
PyObject* inplaceAddLocal(PyObject* left, PyObject* right, Site* site, PyObject** slot);

}  // namespace pyjion::runtime
