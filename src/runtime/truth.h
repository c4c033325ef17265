// SPDX-License-Identifier: MIT
// Truth values, unary operators and membership tests. Operands are consumed, their types are recorded in the site.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

/// 0 or 1, or -1 with an exception set. Never stashes: it belongs to a conditional jump, which pushes nothing and whose
/// target depends on the result; the tracing check of the jump's target notices what __bool__ switched on.
int32_t truth(PyObject* object, Site* site);

PyObject* unaryNegative(PyObject* object, Site* site);
PyObject* unaryPositive(PyObject* object, Site* site);
PyObject* unaryInvert(PyObject* object, Site* site);
PyObject* unaryNot(PyObject* object, Site* site);

/// CONTAINS_OP: True or False. `negated` is 0 or 1 ("not in").
PyObject* contains(PyObject* item, PyObject* container, int32_t negated);

}  // namespace pyjion::runtime
