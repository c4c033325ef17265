// SPDX-License-Identifier: MIT
// Leaving activations that have no frames (passes/self_calls.h). The innermost one puts what its frame would hold into
// a buffer and returns; each that waits for it adds its own and returns in turn, up to compiled code with a frame,
// which lets finishUnwinding() make all of these frames and run them to their ends. From the first exit until then no
// Python code runs and the GIL stays: one buffer serves the process.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>

#include "deopt/inlined_frames.h"
#include "deopt/metadata.h"
#include "python/frame.h"

namespace pyjion::deopt {

/// Whether the buffer has room for so many activations that list `slots` values each, now or after it has grown.
bool reserveUnwinding(size_t activations, size_t slots);

/// Leaves an activation through exit `exitNumber`. `words` are what the exit block stored. Null.
PyObject* unwind(python::Frame* frame, uint32_t exitNumber, ExitTable* table, const uint64_t* words);
/// unwind() for bodies that return the numbers of ints. kNoInt.
int64_t unwindWithoutInt(python::Frame* frame, uint32_t exitNumber, ExitTable* table, const uint64_t* words);

/// Makes the frames of all activations that were left, above the current one, which stands at the call of the first of
/// them, and lets the interpreter run them. The result of that call: a new reference, or null with an exception set.
PyObject* finishUnwinding(PyThreadState* ts);

}  // namespace pyjion::deopt
