// SPDX-License-Identifier: MIT
// Operators that classes define in Python, for compiled code that enters their methods itself (python/operators.h).
#pragma once

#include "python/operators.h"
#include "runtime/site.h"

namespace pyjion::runtime {

/// Takes note of the left operand's class for the compiler, if it finds a Python function for the operator there.
void noteOperand(Site* site, PyObject* left, python::OperatorNumber number);

/// python::isDerived() as 0 or 1.
int32_t isDerived(PyObject* right, PyObject* left);

/// python::finishOperator(), behind which compiled code may have to be left.
PyObject* finishOperator(PyObject* returned, PyObject* left, PyObject* right, int64_t number);

/// What a property's function, which is borrowed, returns for the object.
PyObject* callGetter(PyThreadState* ts, PyObject* function, PyObject* owner);

/// finishOperator() of what the operator's function returns, which is borrowed.
PyObject* callOperator(PyThreadState* ts, PyObject* function, PyObject* left, PyObject* right, int64_t number);

}  // namespace pyjion::runtime
