// SPDX-License-Identifier: MIT
// The rare half of frame.h. CPython's own functions for this (_PyFrame_Clear and what it calls) are not exported; what
// they do is done here through functions that are.
#include "python/frame.h"

#include <opcode.h>

#include <cstring>

#include "python/internal.h"

namespace pyjion::python {
namespace {

// The frame object outlives the frame: it gets a copy of the frame, with everything that the frame owned, and a frame
// object for f_back, because the chain of frames will not be there any more. Mirrors take_ownership() of
// Python/frame.c.
void handOver(PyFrameObject* object, Frame* frame) {
    if (isIncomplete(frame)) {
        setRunning(frame, frame->f_code->_co_firsttraceable);
    }
    // PyFrame_GetBack makes the caller's frame object while the frame is still there to say who the caller is. It may
    // run the collector, and when memory is short it would lose the exception that is under way.
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyFrameObject* back = PyFrame_GetBack(object);
    PyErr_Clear();
    PyErr_Restore(type, value, traceback);

    auto* copy = reinterpret_cast<Frame*>(object->_f_frame_data);
    const size_t bytes = sizeof(PyObject*) * (abi::kFrameSpecialWords + static_cast<size_t>(frame->stacktop));
    std::memcpy(static_cast<void*>(copy), static_cast<const void*>(frame), bytes);
    object->f_frame = copy;
    copy->owner = FRAME_OWNED_BY_FRAME_OBJECT;
    copy->previous = nullptr;
    PyFrameObject* oldBack = object->f_back;
    object->f_back = back;
    auto* asObject = reinterpret_cast<PyObject*>(object);
    if (!PyObject_GC_IsTracked(asObject)) {
        PyObject_GC_Track(asObject);
    }
    Py_XDECREF(reinterpret_cast<PyObject*>(oldBack));
}

}  // namespace

void clearObserved(PyThreadState* ts, Frame* frame) {
    if (PyFrameObject* object = frame->frame_obj) {
        frame->frame_obj = nullptr;
        if (Py_REFCNT(reinterpret_cast<PyObject*>(object)) > 1) {
            handOver(object, frame);
            Py_DECREF(reinterpret_cast<PyObject*>(object));
            return;
        }
        Py_DECREF(reinterpret_cast<PyObject*>(object));
    }
    for (int32_t i = 0; i < frame->stacktop; i++) {
        Py_XDECREF(frame->localsplus[i]);
    }
    Py_CLEAR(frame->f_locals);
    Py_DECREF(reinterpret_cast<PyObject*>(frame->f_func));
    Py_DECREF(reinterpret_cast<PyObject*>(frame->f_code));
    static_cast<void>(ts);
}

PyFrameObject* currentFrameObject(PyThreadState* ts, Frame* frame) {
    if (PyFrameObject* existing = existingFrameObject(frame)) {
        Py_INCREF(reinterpret_cast<PyObject*>(existing));
        return existing;
    }
    // PyThreadState_GetFrame hides its MemoryError, and drops the exception that was set with it.
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyFrameObject* object = PyThreadState_GetFrame(ts);
    PyErr_Restore(type, value, traceback);
    if (object == nullptr) {
        PyErr_NoMemory();
    }
    return object;
}

bool isResume(int opcode) {
    return opcode == RESUME || opcode == RESUME_QUICK;
}

bool hasRun(const PyCodeObject* code) {
    return code->co_warmup != QUICKENING_INITIAL_WARMUP_VALUE;
}

bool isQuickened(const PyCodeObject* code) {
    return code->co_warmup == 0;
}

}  // namespace pyjion::python
