// SPDX-License-Identifier: MIT
// Where a thread was when a signal interrupted it. What is read may be half written just then: it is read by the
// kernel, which refuses where the processor would end the process, and what does not look like a frame and its code
// object counts for nothing.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

struct Interrupted {
    PyCodeObject* code = nullptr;  // borrowed, and perhaps dead by the time that somebody looks: see isStill()
    PyObject* filename = nullptr;
    PyObject* linetable = nullptr;
    int32_t unit = 0;  // of the instruction that runs, as far as the frame knows
    bool isInterpreted = false;
};

/// In a handler of a signal: the innermost Python function of the thread that it interrupts. False where that does not
/// run Python: it has no thread state, or not the GIL.
bool findInterrupted(Interrupted& found);

/// Whether that is the same code object still. Needs the GIL, soon afterwards.
bool isStill(const Interrupted& found);

/// Words of the calling thread's own stack from `first` up; how many could be read. Allowed in a handler of a signal.
size_t readStack(const void* first, uintptr_t* words, size_t count);

}  // namespace pyjion::python
