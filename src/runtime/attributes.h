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

/// Whether an instance may have something of its own under the site's name.
int32_t mayHaveOwn(PyObject* owner, Site* site);
/// What the dict of an instance has under the site's name; null, without an exception, when it has none or nothing.
/// Borrowed.
PyObject* findInDict(PyObject* owner, Site* site);
/// Puts a value, which is consumed then, in the place of it, and returns what was there. kNotExchanged, and nothing was
/// done, when there is no dict or no memory.
PyObject* exchangeInDict(PyObject* owner, PyObject* value, Site* site);
inline constexpr intptr_t kNotExchanged = -1;

}  // namespace pyjion::runtime
