// SPDX-License-Identifier: MIT
// The interpreter's frame: reading it, making one for a compiled activation, and taking it apart. The paths that every
// call takes are inline; what is rare is in frame.cpp.
//
// A frame that a compiled activation owns, while it runs: the position is set before anything that may look at the
// frame, every slot below `stackTop` is null or owns a reference, and the value stack is empty (values live in
// registers). Nobody outside of this folder knows how a position is stored: they say setRunning() or setResumeAt().
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>

#include "python/abi.h"
#include "python/int_objects.h"

namespace pyjion::python {

using Frame = ::_PyInterpreterFrame;

/// The field of type T that lies `offset` bytes into an object.
template <typename T>
inline T& field(void* object, int32_t offset) {
    return *reinterpret_cast<T*>(static_cast<char*>(object) + offset);
}

inline PyFunctionObject* function(Frame* frame) {
    return field<PyFunctionObject*>(frame, abi::kFrameFunction);
}
inline PyCodeObject* code(Frame* frame) {
    return field<PyCodeObject*>(frame, abi::kFrameCode);
}
inline PyObject* globals(Frame* frame) {
    return field<PyObject*>(frame, abi::kFrameGlobals);
}
inline PyObject* builtins(Frame* frame) {
    return field<PyObject*>(frame, abi::kFrameBuiltins);
}
/// The mapping of locals (borrowed) of a module, a class or exec; may be null.
inline PyObject* locals(Frame* frame) {
    return field<PyObject*>(frame, abi::kFrameLocals);
}
inline Frame*& previous(Frame* frame) {
    return field<Frame*>(frame, abi::kFramePrevious);
}
/// The frame object if somebody asked for one (borrowed), else null.
inline PyFrameObject* existingFrameObject(Frame* frame) {
    return field<PyFrameObject*>(frame, abi::kFrameObject);
}
inline bool ownedByThread(Frame* frame) {
    return field<char>(frame, abi::kFrameOwner) == abi::kOwnedByThread;
}

inline uint16_t* firstInstruction(PyCodeObject* code) {
    return reinterpret_cast<uint16_t*>(code->co_code_adaptive);
}

/// Locals, cells and free variables, then the value stack.
inline PyObject** slots(Frame* frame) {
    return &field<PyObject*>(frame, abi::kFrameSlots);
}
inline PyObject*& local(Frame* frame, uint32_t index) {
    return slots(frame)[index];
}
inline PyObject** stackBase(Frame* frame) {
    return slots(frame) + code(frame)->co_nlocalsplus;
}

/// Number of values on the value stack. Meaningful only while no interpreter runs the frame.
inline int32_t depth(Frame* frame) {
    return field<int32_t>(frame, abi::kFrameStackTop) - code(frame)->co_nlocalsplus;
}
inline void setDepth(Frame* frame, int32_t depth) {
    field<int32_t>(frame, abi::kFrameStackTop) = code(frame)->co_nlocalsplus + depth;
}

/// The reference passes to the value stack.
inline void pushValue(Frame* frame, PyObject* value) {
    slots(frame)[field<int32_t>(frame, abi::kFrameStackTop)++] = value;
}

/// Code unit of the instruction that runs, or ran last; -1 before the first one.
inline int32_t runningIndex(Frame* frame) {
    return static_cast<int32_t>(field<uint16_t*>(frame, abi::kFramePosition) - firstInstruction(code(frame)));
}
/// The instruction at `index` (its own code unit, behind any EXTENDED_ARG) runs: what tracebacks and f_lineno name.
inline void setRunning(Frame* frame, int32_t index) {
    field<uint16_t*>(frame, abi::kFramePosition) = firstInstruction(code(frame)) + index;
}
/// The interpreter shall go on with the instruction that starts at `index` (at its first EXTENDED_ARG if it has any).
inline void setResumeAt(Frame* frame, int32_t index) {
    setRunning(frame, index - 1);
}
/// The instruction start at which the interpreter would go on: what a frame that reaches the evaluator is about to run.
inline int32_t resumeIndex(Frame* frame) {
    return runningIndex(frame) + 1;
}
/// Whether the frame has not reached its first RESUME, so that CPython hides it from everybody.
inline bool isIncomplete(Frame* frame) {
    return field<char>(frame, abi::kFrameOwner) != abi::kOwnedByGenerator &&
           runningIndex(frame) < code(frame)->_co_firsttraceable;
}

/// Words that a frame of this code occupies on the thread's data stack.
inline size_t sizeInWords(PyCodeObject* code) {
    return static_cast<size_t>(code->co_nlocalsplus) + static_cast<size_t>(code->co_stacksize) +
           abi::kFrameSpecialWords;
}

/// initialise() with the caller's reference to the function moved in.
inline void initialiseMoved(Frame* frame, PyFunctionObject* function, PyCodeObject* code) {
    Py_INCREF(reinterpret_cast<PyObject*>(code));
    field<PyFunctionObject*>(frame, abi::kFrameFunction) = function;
    field<PyObject*>(frame, abi::kFrameGlobals) = function->func_globals;
    field<PyObject*>(frame, abi::kFrameBuiltins) = function->func_builtins;
    field<PyObject*>(frame, abi::kFrameLocals) = nullptr;
    field<PyCodeObject*>(frame, abi::kFrameCode) = code;
    field<PyFrameObject*>(frame, abi::kFrameObject) = nullptr;
    field<int32_t>(frame, abi::kFrameStackTop) = code->co_nlocalsplus;
    field<bool>(frame, abi::kFrameIsEntry) = false;
    field<char>(frame, abi::kFrameOwner) = abi::kOwnedByThread;
    setResumeAt(frame, 0);
}

/// Fills everything but the slots and `previous`. Takes references of its own to the function and to its code.
inline void initialise(Frame* frame, PyFunctionObject* function) {
    Py_INCREF(reinterpret_cast<PyObject*>(function));
    initialiseMoved(frame, function, reinterpret_cast<PyCodeObject*>(function->func_code));
}

/// A new frame for a call of `function` on the thread's data stack, initialised, not linked, at its first instruction.
/// Slots 0 .. argumentCount-1 are the caller's to fill with owned references, the others are null. Null without an
/// exception when the current chunk of the data stack has no room: call through the function's vectorcall instead, the
/// interpreter then adds a chunk.
inline Frame* push(PyThreadState* ts, PyFunctionObject* function, int32_t argumentCount) {
    auto* code = reinterpret_cast<PyCodeObject*>(function->func_code);
    const size_t words = sizeInWords(code);
    PyObject** base = ts->datastack_top;
    if (base == nullptr || words >= static_cast<size_t>(ts->datastack_limit - base)) [[unlikely]] {
        return nullptr;
    }
    ts->datastack_top = base + words;
    auto* frame = reinterpret_cast<Frame*>(base);
    initialise(frame, function);
    PyObject** slot = slots(frame);
    for (int32_t i = argumentCount; i < code->co_nlocalsplus; i++) {
        slot[i] = nullptr;
        asm("" ::: "memory");  // they are few: no call of memset()
    }
    return frame;
}

/// Who runs the frame was called from C: the walk over the interpreter's own calls ends there.
inline void markEntered(Frame* frame) {
    field<bool>(frame, abi::kFrameIsEntry) = true;
}

/// Whether it is RESUME, specialised or not.
bool isResume(int opcode);
/// Whether the interpreter has ever executed the RESUME of this code: it counts that for a while (_PyCode_Warmup).
bool hasRun(const PyCodeObject* code);
/// Whether that count has ended: what is executed from then on becomes specialised (_PyCode_Quicken).
bool isQuickened(const PyCodeObject* code);

/// Makes `frame` the current one, called by the frame that is current now; shares the caller's cframe.
inline void link(PyThreadState* ts, Frame* frame) {
    previous(frame) = ts->cframe->current_frame;
    ts->cframe->current_frame = frame;
}
/// Makes the caller's frame the current one again.
inline void unlink(PyThreadState* ts, Frame* frame) {
    ts->cframe->current_frame = previous(frame);
}

/// clear() when a frame object or a locals mapping exists.
void clearObserved(PyThreadState* ts, Frame* frame);

/// Gives back everything that the frame owns, or hands it to its frame object when that survives. The frame must be
/// unlinked; its value stack may hold values. May run Python code. Mirrors _PyFrame_Clear.
inline void clear(PyThreadState* ts, Frame* frame) {
    if (field<PyObject*>(frame, abi::kFrameObject) != nullptr || field<PyObject*>(frame, abi::kFrameLocals) != nullptr)
        [[unlikely]] {
        clearObserved(ts, frame);
        return;
    }
    PyObject** slot = slots(frame);
    const int32_t count = field<int32_t>(frame, abi::kFrameStackTop);
    for (int32_t i = 0; i < count; i++) {
        if (slot[i] != nullptr) {
            releaseObject(slot[i]);
        }
    }
    releaseObject(field<PyObject*>(frame, abi::kFrameFunction));
    Py_DECREF(field<PyObject*>(frame, abi::kFrameCode));
}

/// Returns a cleared frame's words to the data stack. Only for frames that push() made: they never begin a chunk, so
/// that no chunk has to be freed.
inline void pop(PyThreadState* ts, Frame* frame) {
    ts->datastack_top = reinterpret_cast<PyObject**>(frame);
}

/// clear() and pop() of a frame that push() made, with one unit of recursion held as _PyEvalFrameClearAndPop does.
inline void clearAndPop(PyThreadState* ts, Frame* frame) {
    ts->recursion_remaining--;
    clear(ts, frame);
    ts->recursion_remaining++;
    pop(ts, frame);
}

/// The frame object of the current frame, which must be `frame` and complete, made if there is none. New reference;
/// null with MemoryError set. An exception that is set stays set.
PyFrameObject* currentFrameObject(PyThreadState* ts, Frame* frame);

}  // namespace pyjion::python
