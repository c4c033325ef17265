// SPDX-License-Identifier: MIT
// The hot half of entry.h, inline for calls from compiled code: links a frame, runs its compiled body, unlinks it.
#pragma once

#include <Python.h>

#include "deopt/leave.h"
#include "python/leave.h"
#include "runtime/entry.h"
#include "runtime/tiering.h"

namespace pyjion::runtime {

/// Lets the interpreter run the frame, and all that it calls, without the hook.
PyObject* interpretOnLowStack(PyThreadState* ts, _PyInterpreterFrame* frame, bool raises = false);

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

/// Runs a body in a frame that is linked and counted, and what it continues in; undoes both.
inline PyObject* runBody(PyThreadState* ts, _PyInterpreterFrame* frame, CompiledBody body, int32_t resumePoint) {
    PyObject* result = body(ts, frame, resumePoint);
    while (result == kContinues)
        [[unlikely]] {
            result = runNextBody(ts, frame);
        }
    if (python::currentFrame(ts) == frame) [[likely]] {
        python::finishFrame(ts, frame);
    }
    return result;
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
    return runBody(ts, frame, entry->body, 0);
}

/// A generator goes on: its frame stands behind the instruction that suspended it, at a resume point, and what was sent
/// is on its value stack. With `raises` an exception is set, which takes the place of what was sent. Counts the entry.
[[gnu::always_inline]] inline PyObject* resumeInline(PyThreadState* ts, _PyInterpreterFrame* frame, CodeEntry* entry,
                                                     int32_t resumePoint, bool raises) {
    entry->runCount++;
    if (stackIsLow(ts)) [[unlikely]] {
        return interpretOnLowStack(ts, frame, raises);
    }
    python::link(ts, frame);
    if (!python::enterRecursion(ts)) [[unlikely]] {
        python::unlink(ts, frame);
        return nullptr;
    }
    if (raises) {
        if (!python::unwindFrame(ts, frame)) {
            return nullptr;
        }
        resumePoint = entry->resumePointFor(frame);
        if (resumePoint == 0) [[unlikely]] {
            deopt::interpretedEnds++;
            return python::resumeInInterpreter(ts, frame);
        }
    }
    python::setDepth(frame, 0);
    return runBody(ts, frame, entry->resumeBody, resumePoint);
}

}  // namespace pyjion::runtime
