// SPDX-License-Identifier: MIT
// Rich comparisons, as COMPARE_OP does them, and the same followed by the truth of the result for a COMPARE_OP whose
// result only a conditional jump uses. Operands are consumed, their types are recorded in the site.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

PyObject* compareLess(PyObject* left, PyObject* right, Site* site);
PyObject* compareLessEqual(PyObject* left, PyObject* right, Site* site);
PyObject* compareEqual(PyObject* left, PyObject* right, Site* site);
PyObject* compareNotEqual(PyObject* left, PyObject* right, Site* site);
PyObject* compareGreater(PyObject* left, PyObject* right, Site* site);
PyObject* compareGreaterEqual(PyObject* left, PyObject* right, Site* site);

// 0 or 1; -1 with an exception set, or without one when the comparison itself switched tracing on: then the result
// *object* is stashed and its truth not yet taken, so the exit goes on behind COMPARE_OP with that object pushed, and
// the interpreter executes (and traces) the jump. When only taking the truth switched tracing on, 0 or 1 is returned,
// as truth() does: the jump is done, the next instruction's tracing check leaves. An exception of the result's __bool__
// is reported at the comparison, where the interpreter says the jump: the same line and columns, another tb_lasti.
int32_t compareTruthLess(PyObject* left, PyObject* right, Site* site);
int32_t compareTruthLessEqual(PyObject* left, PyObject* right, Site* site);
int32_t compareTruthEqual(PyObject* left, PyObject* right, Site* site);
int32_t compareTruthNotEqual(PyObject* left, PyObject* right, Site* site);
int32_t compareTruthGreater(PyObject* left, PyObject* right, Site* site);
int32_t compareTruthGreaterEqual(PyObject* left, PyObject* right, Site* site);

}  // namespace pyjion::runtime
