// SPDX-License-Identifier: MIT
// Operators that classes define in Python: which method an operator enters for a left operand, and what CPython does
// with the method's result (Objects/abstract.c: binary_op1, binary_iop1; Objects/typeobject.c: SLOT1BINFULL).
#pragma once

#include <Python.h>

#include "base/call_end.h"

namespace pyjion::python {

using base::kSubscription;
using base::OperatorNumber;

/// The function (borrowed from the class) that the operator enters first for a left operand of this class, as long as
/// the class has its version and the right operand's class does not derive from it. Null when it is no Python function,
/// and for `**`, which has three operands.
PyFunctionObject* operatorMethod(PyTypeObject* left, OperatorNumber number);

/// Whether CPython may ask the right operand first: its class derives from that of the left one.
bool isDerived(PyObject* right, PyObject* left);

/// Ends an operator whose method, as operatorMethod() says, has returned `result` (null: it has raised): where that is
/// NotImplemented, the rest of CPython's protocol follows, without that method. Consumes all; a new reference, or null
/// with an exception set. Classes that were changed meanwhile are asked as they are now.
PyObject* finishOperator(OperatorNumber number, PyObject* left, PyObject* right, PyObject* result);

}  // namespace pyjion::python
