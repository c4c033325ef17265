// SPDX-License-Identifier: MIT
// Truth values, unary operators and membership tests. Operands are consumed, their types are recorded in the site.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

/// 0 or 1, or -1 with an exception set or, when compiled code must be left, with the bool stashed: that decides where
/// the jump leads to which it belongs.
int32_t truth(PyObject* object, Site* site);
/// The same for plain data: 0 or 1.
int32_t truthOfPlain(PyObject* object, Site* site);

/// Whether an object is None, and whether two are the same one (`negated` is 0 or 1): 0 or 1, or -1 as truth() has it.
int32_t isNone(PyObject* object);
int32_t isSame(PyObject* left, PyObject* right, int32_t negated);

PyObject* unaryNegative(PyObject* object, Site* site);
PyObject* unaryPositive(PyObject* object, Site* site);
PyObject* unaryInvert(PyObject* object, Site* site);
PyObject* unaryNot(PyObject* object, Site* site);

/// CONTAINS_OP: True or False. `negated` is 0 or 1 ("not in").
PyObject* contains(PyObject* item, PyObject* container, int32_t negated);

}  // namespace pyjion::runtime
