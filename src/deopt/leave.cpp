// SPDX-License-Identifier: MIT
#include "deopt/leave.h"

#include <utility>

#include "base/check.h"
#include "deopt/rebuild.h"
#include "python/leave.h"
#include "python/thread.h"

namespace pyjion::deopt {

PyObject* stashedResult = nullptr;
PyObject* returnedObject = nullptr;
uint64_t interpretedEnds = 0;

namespace {

ExitHook exitHook = nullptr;

PyObject* goOn(PyThreadState* ts, python::Frame* frame, ExitTable* table, uint32_t exitNumber) {
    if (exitHook != nullptr) {
        const Continuation continuation = exitHook(table, exitNumber, ts, frame);
        if (continuation.handled) {
            return continuation.result;
        }
    }
    interpretedEnds++;
    return python::resumeInInterpreter(ts, frame);
}

}  // namespace

void setExitHook(ExitHook hook) {
    exitHook = hook;
}

PyObject* stashResult(PyObject* result) {
    PYJION_CHECK(stashedResult == nullptr, "a result is stashed already");
    stashedResult = result;
    return nullptr;
}

PyObject* leave(PyThreadState* ts, python::Frame* frame, uint32_t exitNumber, ExitTable* table, const uint64_t* words) {
    Exit& exit = table->exits[exitNumber];
    exit.count++;
    // Taken before rebuildFrame() can run Python code, which may stash another one.
    PyObject* result = std::exchange(stashedResult, nullptr);
    if (exit.mode == ResumeMode::Before) {
        PYJION_DCHECK(result == nullptr, "a result is stashed at an exit that does not expect one");
        python::setResumeAt(frame, static_cast<int32_t>(exit.resumeIndex));
        rebuildFrame(ts, frame, exit, words);
        return goOn(ts, frame, table, exitNumber);
    }
    if (exit.mode == ResumeMode::Reraised) {
        exit.raised++;
        rebuildFrame(ts, frame, exit, words);
        return python::unwindReraised(ts, frame, exit.handler) ? goOn(ts, frame, table, exitNumber) : nullptr;
    }
    if (result == nullptr) {
        exit.raised++;
        python::setRunning(frame, static_cast<int32_t>(exit.runningIndex));
        rebuildFrame(ts, frame, exit, words);
        if (!python::isRaised(ts)) {
            PyErr_SetString(PyExc_SystemError, "error return without exception set");
        }
        return python::unwindFrame(ts, frame, exit.handler) ? goOn(ts, frame, table, exitNumber) : nullptr;
    }
    const bool pushesResult = exit.pushesResult;
    const auto spreadResults = static_cast<int32_t>(exit.spreadResults);
    python::setResumeAt(frame, static_cast<int32_t>(exit.nextIndex));
    rebuildFrame(ts, frame, exit, words);
    if (pushesResult) {
        const int32_t depth = python::depth(frame);
        python::stackBase(frame)[depth] = result;
        python::setDepth(frame, depth + 1);
    } else {
        // Nothing runs a frame of its own on this one's value stack: what a helper left above its top is still there.
        python::setDepth(frame, python::depth(frame) + spreadResults);
        Py_DECREF(result);
    }
    return goOn(ts, frame, table, exitNumber);
}

int64_t leaveWithoutInt(PyThreadState* ts, python::Frame* frame, uint32_t exitNumber, ExitTable* table,
                        const uint64_t* words) {
    returnedObject = leave(ts, frame, exitNumber, table, words);
    return kNoInt;
}

}  // namespace pyjion::deopt
