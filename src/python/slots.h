// SPDX-License-Identifier: MIT
// The slots of an activation that compiled code knows: its locals in the frame, and global names in the dict of
// globals. Nothing here runs Python code, if what is stored over is plain data.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/frame.h"

namespace pyjion::python {

/// The object of a global name, borrowed; null when the dict has none, or when it could not be looked up quietly.
/// `place` says where among the dict's entries it was last time, and is updated.
PyObject* globalName(PyObject* globals, PyObject* name, uint16_t& place);

/// Binds a name that the dict has, over plain data, to plain data. The reference passes to the dict. `place` says where
/// among the dict's entries it may be.
void bindGlobalName(PyObject* globals, PyObject* name, PyObject* object, uint16_t place);

/// The object in a slot, borrowed, or null. Slots behind the frame's locals are names of the code.
PyObject* slotObject(Frame* frame, uint32_t slot);

/// Stores into the slot of a name.
void storeName(Frame* frame, uint32_t slot, PyObject* object);

}  // namespace pyjion::python
