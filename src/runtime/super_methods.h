// SPDX-License-Identifier: MIT
// super().name of methods, without the object that super() would make (super_getattro in CPython's
// Objects/typeobject.c).
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

/// What the classes behind `owner` in the method resolution order of `type` have under a name that is an exact string,
/// where it is a function or method that is called with the object in front; else null without an exception. Borrowed.
/// Runs no Python code.
PyObject* findBehind(PyTypeObject* owner, PyTypeObject* type, PyObject* name);

/// The same for the class of an object, and a new reference. `owner` may be anything, or null. The site has the name
/// and takes note of the class.
PyObject* superMethod(PyObject* owner, PyObject* object, Site* site);

}  // namespace pyjion::runtime
