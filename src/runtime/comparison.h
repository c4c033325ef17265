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

/// An exception is set, or the comparison itself switched tracing on: then the result *object* is stashed and its truth
/// not yet taken, so the exit goes on behind COMPARE_OP with that object pushed, and the interpreter executes (and
/// traces) the jump.
inline constexpr int32_t kComparisonFailed = -1;
/// The result is an object whose __bool__ has raised. The exception is the jump's.
inline constexpr int32_t kTruthFailed = -2;

// 0 or 1, or one of the above. `jump` is the code unit of the jump, which runs while an object's truth is taken. When
// only this switched tracing on, 0 or 1 is returned, as truth() does: the jump is done, the next instruction's tracing
// check leaves.
int32_t compareTruthLess(PyObject* left, PyObject* right, Site* site, int32_t jump);
int32_t compareTruthLessEqual(PyObject* left, PyObject* right, Site* site, int32_t jump);
int32_t compareTruthEqual(PyObject* left, PyObject* right, Site* site, int32_t jump);
int32_t compareTruthNotEqual(PyObject* left, PyObject* right, Site* site, int32_t jump);
int32_t compareTruthGreater(PyObject* left, PyObject* right, Site* site, int32_t jump);
int32_t compareTruthGreaterEqual(PyObject* left, PyObject* right, Site* site, int32_t jump);

}  // namespace pyjion::runtime
