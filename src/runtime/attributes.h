// SPDX-License-Identifier: MIT
// Attributes: LOAD_ATTR, LOAD_METHOD, STORE_ATTR, DELETE_ATTR. Operands are consumed; the site has the name.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

PyObject* loadAttr(PyObject* owner, Site* site);
/// The attribute, found without running Python code; null, without an exception, when it cannot be. The owner is
/// borrowed.
PyObject* findAttribute(PyObject* owner, Site* site);
/// Two results: a function and the object to call it on, or null and the attribute.
int32_t loadMethod(PyObject* owner, Site* site, PyObject** results);
/// owner.name = value, the operands in the order of the stack.
int32_t storeAttr(PyObject* value, PyObject* owner, Site* site);
int32_t deleteAttr(PyObject* owner, PyObject* name);

/// The value at `index` of an instance's values has got its first object: dicts made of them keep that order.
void noteInsertion(PyObject** values, int32_t index);

}  // namespace pyjion::runtime
