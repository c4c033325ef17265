// SPDX-License-Identifier: MIT
// Calls of classes that are written in Python and have an __init__ of their own: object.__new__ makes the instance, and
// __init__ is entered with its arguments moved into its frame, without the tuple and the lookups of type.__call__.
#pragma once

#include <Python.h>

namespace pyjion::runtime {

/// The function that initialises the instances of a class (borrowed from the class), when calling it is no more than
/// object.__new__() and that: its metaclass is type, and it has no __new__. Else null.
PyFunctionObject* initialiserOf(PyTypeObject* type);

/// An instance as object.__new__() makes it. Null with an exception set.
PyObject* newInstance(PyTypeObject* type);

/// newInstance() of a class that has one, where no Python code is run: the garbage collector is not due. Null without
/// an exception otherwise.
PyObject* newInstanceQuietly(PyObject* type);

}  // namespace pyjion::runtime
