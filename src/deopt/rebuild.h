// SPDX-License-Identifier: MIT
// Makes an interpreter frame complete from what an exit of compiled code stored: locals that the frame does not hold
// yet and the value stack. Does not set the position, and does not leave: see leave.h.
#pragma once

#include <Python.h>

#include <cstdint>

#include "deopt/metadata.h"
#include "python/frame.h"

namespace pyjion::deopt {

/// Reads `words` as `exit` describes them, boxes what has to be boxed, stores the locals and the value stack, and only
/// then releases what the locals held before, which may run Python code: the caller sets the position beforehand, as
/// the frame can be looked at from there. References that the words own go to the frame.
/// The value stack above inlined frames goes to `inlined`, which has room for it.
void rebuildFrame(PyThreadState* ts, python::Frame* frame, const Exit& exit, const uint64_t* words,
                  PyObject** inlined = nullptr);

/// The values that an exit of a body without a frame lists, all of them, as new references. Runs no Python code.
/// `frame`: of who called the first activation.
void makeObjects(python::Frame* frame, const Exit& exit, const uint64_t* words, PyObject** values);

/// What an exit lists above the frame's own value stack.
inline size_t inlinedSlots(const Exit& exit) {
    return exit.inlined.empty() ? 0 : exit.stack.size() - exit.inlined.front().base();
}

}  // namespace pyjion::deopt
