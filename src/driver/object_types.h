// SPDX-License-Identifier: MIT
// Objects and what sites saw of them, as types of HIR.
#pragma once

#include <Python.h>

#include "hir/type.h"
#include "runtime/site.h"

namespace pyjion::driver {

/// The types that a site saw. (The bit positions of runtime::TypeSet are those of hir::Type; a test compares them.)
hir::Type toType(runtime::TypeSet seen);
/// The leaf of hir::Type for an object's exact type.
hir::Type typeOf(PyObject* object);

}  // namespace pyjion::driver
