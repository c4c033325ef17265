// SPDX-License-Identifier: MIT
// What the ends of frames are made of, see leave.h.
#pragma once

#include <Python.h>

#include "python/frame.h"

namespace pyjion::python {

/// Ends a frame without value stack after a normal return: gives back the unit of recursion and unlinks it. The caller
/// has made sure that no trace function wants to see the return.
inline void finishFrame(PyThreadState* ts, Frame* frame) {
    ts->recursion_remaining++;
    unlink(ts, frame);
}

/// Takes the exception that is set away from the thread: one object, complete with its traceback.
PyObject* takeException();

}  // namespace pyjion::python
