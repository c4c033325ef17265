// SPDX-License-Identifier: MIT
// The hot half of entry.h, inline for calls from compiled code: links a frame, runs its compiled body, unlinks it.
#pragma once

#include <Python.h>

#include "python/leave.h"
#include "runtime/entry.h"
#include "runtime/tiering.h"

namespace pyjion::runtime {

/// Lets the interpreter run the frame, and all that it calls, without the hook.
PyObject* interpretOnLowStack(PyThreadState* ts, _PyInterpreterFrame* frame);

/// The stack limit of the thread that asked last, so that the usual case needs no thread-local variable (a function
/// call in a shared library). Guarded by the GIL.
struct StackLimit {
    uint64_t threadId = UINT64_MAX;
    uintptr_t limit = 0;
};
extern StackLimit stackLimitOfThread;
void refreshStackLimit(PyThreadState* ts);

inline bool stackIsLow(PyThreadState* ts) {
    if (ts->id != stackLimitOfThread.threadId) [[unlikely]] {
        refreshStackLimit(ts);
    }
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < stackLimitOfThread.limit;
}

/// activate() of entry.h.
inline PyObject* activateInline(PyThreadState* ts, _PyInterpreterFrame* frame, CodeEntry* entry) {
    if (++entry->runCount == entry->promoteAt && tieringHooks.promote != nullptr) [[unlikely]] {
        tieringHooks.promote(entry, frame);
    }
    if (stackIsLow(ts)) [[unlikely]] {
        return interpretOnLowStack(ts, frame);
    }
    // Linked first: at the limit, the interpreter too raises with the (still hidden) frame in the chain.
    python::link(ts, frame);
    if (!python::enterRecursion(ts)) [[unlikely]] {
        python::unlink(ts, frame);
        return nullptr;
    }
    python::setRunning(frame, python::code(frame)->_co_firsttraceable);
    PyObject* result = entry->body(ts, frame);
    while (result == kContinues)
        [[unlikely]] {
            result = takeNextBody()(ts, frame);
        }
    if (python::currentFrame(ts) == frame) [[likely]] {
        python::finishFrame(ts, frame);
    }
    return result;
}

}  // namespace pyjion::runtime
