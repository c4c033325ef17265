// SPDX-License-Identifier: MIT
// Global names that were bound to other objects after code was compiled for the one that they had: counters, most
// often. Nothing but a hint: such names are looked up by what is compiled from then on.
#pragma once

#include <Python.h>

namespace pyjion::driver {

/// `globals`: the dict of a module. Neither is kept alive.
void noteRebound(PyObject* globals, PyObject* name);
/// (May have been forgotten for other names.)
bool wasRebound(PyObject* globals, PyObject* name);

}  // namespace pyjion::driver
