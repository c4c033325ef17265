// SPDX-License-Identifier: MIT
// Instances of plain classes (plain_class.h) that died where compiled code gave their last reference back are kept,
// with the array of their attributes, for the next instances of any such class: making one takes two allocations
// otherwise, and its end two more calls of the allocator. A debug build counts its references, so everything is left to
// CPython there.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// The last reference to an object is gone. If it is an instance of a plain class it ends here; what it holds may run
/// finalizers. False when nothing was done.
bool buryInstance(PyObject* object);

/// What object.__new__() would make of a class whose __new__ it is, while the garbage collector is not due: a new
/// reference. Null when it has to make it, because none is kept.
PyObject* reviveInstance(PyTypeObject* type);

}  // namespace pyjion::python
