// SPDX-License-Identifier: MIT
// Where calls reach the JIT while there is no frame evaluator of ours: the trampolines of code objects.
#pragma once

#include <Python.h>

struct _PyInterpreterFrame;

namespace pyjion::module {

/// What a trampoline calls (python/start_trampoline.h); `context` is the code's record.
PyObject* runAtStart(PyThreadState* ts, _PyInterpreterFrame* frame, void* context);

}  // namespace pyjion::module
