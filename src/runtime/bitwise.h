// SPDX-License-Identifier: MIT
// The operators of BINARY_OP that are no arithmetic of numbers: bits, shifts, powers and matrix products. As in
// arithmetic.h, operands are consumed and their types recorded.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

PyObject* bitAnd(PyObject* left, PyObject* right, Site* site);
PyObject* bitOr(PyObject* left, PyObject* right, Site* site);
PyObject* bitXor(PyObject* left, PyObject* right, Site* site);
PyObject* leftShift(PyObject* left, PyObject* right, Site* site);
PyObject* rightShift(PyObject* left, PyObject* right, Site* site);
PyObject* power(PyObject* left, PyObject* right, Site* site);
PyObject* matrixMultiply(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceBitAnd(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceBitOr(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceBitXor(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceLeftShift(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceRightShift(PyObject* left, PyObject* right, Site* site);
PyObject* inplacePower(PyObject* left, PyObject* right, Site* site);
PyObject* inplaceMatrixMultiply(PyObject* left, PyObject* right, Site* site);

}  // namespace pyjion::runtime
