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

/// What the interpreter does with a frame of a call of a generator function, from its start to RETURN_GENERATOR, which
/// gives the generator: null with an exception set. The frame is not linked, and can be cleared afterwards. Nothing is
/// done, and the result is not set, where there is more in front of that than free variables.
bool startGenerator(PyThreadState* ts, Frame* frame, PyObject*& generator);

/// Whether a generator (coroutine, asynchronous generator) of this code goes on at code unit `index`, or begins there
/// when it is started: it is behind what has suspended it.
bool goesOnAt(PyCodeObject* code, int32_t index);

/// Whether a generator can be resumed: it is suspended, or was not started yet.
inline bool isResumable(const PyGenObject* generator) {
    return generator->gi_frame_state < abi::kGeneratorExecuting;
}
inline Frame* frameOf(PyGenObject* generator) {
    return reinterpret_cast<Frame*>(generator->gi_iframe);
}
/// The running code unit of the frame: what has suspended it, or RETURN_GENERATOR.
inline const uint16_t* positionOf(PyGenObject* generator) {
    return field<uint16_t*>(frameOf(generator), abi::kFramePosition);
}

/// A generator is about to run, called from C, and has run. Mirror gen_send_ex2.
inline void beginResuming(PyThreadState* ts, PyGenObject* generator) {
    generator->gi_exc_state.previous_item = ts->exc_info;
    ts->exc_info = &generator->gi_exc_state;
    generator->gi_frame_state = abi::kGeneratorExecuting;
    markEntered(frameOf(generator));
}
inline void endResuming(PyThreadState* ts, PyGenObject* generator) {
    ts->exc_info = generator->gi_exc_state.previous_item;
    generator->gi_exc_state.previous_item = nullptr;
    previous(frameOf(generator)) = nullptr;
}

inline bool isUnstarted(const PyGenObject* generator) {
    return generator->gi_frame_state == abi::kGeneratorCreated;
}

/// Whether a coroutine is suspended in an `await`. Mirrors _PyGen_yf.
bool isAwaiting(PyObject* coroutine);

/// The iterator that `await` sends to. Null with an exception set. Mirrors _PyCoro_GetAwaitableIter.
PyObject* awaitableIterator(PyObject* object);

/// The wrapper in which an asynchronous generator yields a value; takes a reference of its own.
PyObject* wrapAsyncValue(PyObject* value);

}  // namespace pyjion::python
