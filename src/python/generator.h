// SPDX-License-Identifier: MIT
// Generators, coroutines and asynchronous generators from the side of their frame: making one of a frame that runs,
// marking it suspended, and asking what one waits for.
#pragma once

#include <Python.h>

#include "python/frame.h"

namespace pyjion::python {

inline bool ownedByGenerator(Frame* frame) {
    return field<char>(frame, abi::kFrameOwner) == abi::kOwnedByGenerator;
}

/// Moves the content of `frame`, which is the current frame, into a new generator (coroutine, asynchronous generator)
/// of its function, not started. The frame is left as something that can be cleared. Null with an exception set, and
/// nothing moved, when memory is short. Mirrors RETURN_GENERATOR.
PyObject* makeGenerator(PyThreadState* ts, Frame* frame);

/// Whether a coroutine is suspended in an `await`. Mirrors _PyGen_yf.
bool isAwaiting(PyObject* coroutine);

/// The iterator that `await` sends to. Null with an exception set. Mirrors _PyCoro_GetAwaitableIter.
PyObject* awaitableIterator(PyObject* object);

/// The wrapper in which an asynchronous generator yields a value; takes a reference of its own.
PyObject* wrapAsyncValue(PyObject* value);

}  // namespace pyjion::python
