// SPDX-License-Identifier: MIT
// Classes that derive from one another or from a common one are used in the same places: what one site has met, others
// will that look for an attribute of the same name. Code that expects them need not be left and made again for each.
#pragma once

#include <Python.h>

#include "runtime/site.h"

namespace pyjion::driver {

/// Takes note of classes in whose instances an attribute of the name was looked for. (May be forgotten for other
/// names.)
void noteClasses(PyObject* name, const runtime::ClassesSeen& classes);

/// Adds classes that were met with the name elsewhere and share a base with one of these, other than object, as long as
/// there is room. `method`: when its instances are what is asked about, only classes that have this code under its
/// name; null otherwise.
void addRelated(PyObject* name, runtime::ClassesSeen& classes, PyCodeObject* method);

}  // namespace pyjion::driver
