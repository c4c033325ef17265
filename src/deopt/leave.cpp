// SPDX-License-Identifier: MIT
#include "deopt/leave.h"

#include <alloca.h>

#include <utility>

#include "base/check.h"
#include "deopt/inlined_frames.h"
#include "deopt/rebuild.h"
#include "python/leave.h"
#include "python/thread.h"

namespace pyjion::deopt {

PyObject* stashedResult = nullptr;
PyObject* returnedObject = nullptr;
uint64_t interpretedEnds = 0;

namespace {

ExitHook exitHook = nullptr;
ExitCheck exitCheck = nullptr;

void check(const ExitTable* table, uint32_t exitNumber, Leaving leaving, python::Frame* frame) {
    if (exitCheck != nullptr) {
        exitCheck(*table, exitNumber, leaving, frame);
    }
}

/// `from` is the instruction that was executed before the one at which the frame goes on.
PyObject* goOn(PyThreadState* ts, python::Frame* frame, ExitTable* table, uint32_t exitNumber, int32_t from) {
    if (exitHook != nullptr) {
        const Continuation continuation = exitHook(table, exitNumber, ts, frame);
        if (continuation.handled) {
            return continuation.result;
        }
    }
    interpretedEnds++;
    if (python::isTraced(ts) && !python::traceJump(ts, frame, from)) {
        return nullptr;
    }
    return python::resumeInInterpreter(ts, frame);
}

/// An exit before an instruction goes on at that; a check, which is behind a jump, at the jump's target.
int32_t executedBefore(const Exit& exit) {
    const bool isCheck = exit.reason == Reason::Pending || exit.reason == Reason::Traced;
    return static_cast<int32_t>(isCheck ? exit.runningIndex : exit.resumeIndex - 1);
}

/// Goes on where a conditional jump leads that has decided as `decision`, a bool, says. It is what the frame is
/// running.
PyObject* goOnAtTarget(PyThreadState* ts, python::Frame* frame, ExitTable* table, uint32_t exitNumber, bool decision) {
    const Exit& exit = table->exits[exitNumber];
    if (decision ? exit.jump->dropsWhenTrue : exit.jump->dropsWhenFalse) {
        const int32_t depth = python::depth(frame) - 1;
        PyObject* dropped = python::stackBase(frame)[depth];
        python::setDepth(frame, depth);
        Py_DECREF(dropped);
    }
    python::setResumeAt(frame, static_cast<int32_t>(decision ? exit.jump->whenTrue : exit.jump->whenFalse));
    check(table, exitNumber, Leaving::Behind, frame);
    return goOn(ts, frame, table, exitNumber, static_cast<int32_t>(exit.runningIndex));
}

/// A complete frame goes on at the handler of the exception that is set, or ends.
PyObject* goOnAtHandler(PyThreadState* ts, python::Frame* frame, ExitTable* table, uint32_t exitNumber) {
    Exit& exit = table->exits[exitNumber];
    exit.raised++;
    check(table, exitNumber, Leaving::Raised, frame);
    const auto from = static_cast<int32_t>(exit.runningIndex);
    return python::unwindFrame(ts, frame, exit.handler) ? goOn(ts, frame, table, exitNumber, from) : nullptr;
}

/// A complete frame goes on behind its instruction, whose result is pushed.
PyObject* goOnBehind(PyThreadState* ts, python::Frame* frame, ExitTable* table, uint32_t exitNumber, PyObject* result) {
    python::pushValue(frame, result);
    check(table, exitNumber, Leaving::Behind, frame);
    return goOn(ts, frame, table, exitNumber, static_cast<int32_t>(table->exits[exitNumber].runningIndex));
}

/// The frames of inlined code run first: they are the call at which this one stands.
PyObject* leaveInlined(PyThreadState* ts, python::Frame* frame, uint32_t exitNumber, ExitTable* table,
                       const uint64_t* words) {
    Exit& exit = table->exits[exitNumber];
    python::setRunning(frame, static_cast<int32_t>(exit.runningIndex));
    auto** slots = static_cast<PyObject**>(alloca(sizeof(PyObject*) * inlinedSlots(exit)));
    rebuildFrame(ts, frame, exit, words, slots);
    PyObject* result = runInlinedFrames(ts, *table, exit, slots);
    if (result == nullptr) {
        return goOnAtHandler(ts, frame, table, exitNumber);
    }
    python::setResumeAt(frame, static_cast<int32_t>(exit.nextIndex));
    return goOnBehind(ts, frame, table, exitNumber, result);
}

}  // namespace

void setExitHook(ExitHook hook) {
    exitHook = hook;
}

void setExitCheck(ExitCheck check) {
    exitCheck = check;
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
    if (!exit.inlined.empty()) {
        return leaveInlined(ts, frame, exitNumber, table, words);
    }
    if (exit.mode == ResumeMode::Before) {
        PYJION_DCHECK(result == nullptr, "a result is stashed at an exit that does not expect one");
        python::setResumeAt(frame, static_cast<int32_t>(exit.resumeIndex));
        const int32_t from = executedBefore(exit);
        rebuildFrame(ts, frame, exit, words);
        check(table, exitNumber, Leaving::Before, frame);
        return goOn(ts, frame, table, exitNumber, from);
    }
    if (exit.mode == ResumeMode::Reraised) {
        exit.raised++;
        const int32_t from = python::runningIndex(frame);
        rebuildFrame(ts, frame, exit, words);
        check(table, exitNumber, Leaving::Raised, frame);
        return python::unwindReraised(ts, frame, exit.handler) ? goOn(ts, frame, table, exitNumber, from) : nullptr;
    }
    const auto from = static_cast<int32_t>(exit.runningIndex);
    if (result == nullptr) {
        python::setRunning(frame, from);
        rebuildFrame(ts, frame, exit, words);
        if (!python::isRaised(ts)) {
            PyErr_SetString(PyExc_SystemError, "error return without exception set");
        }
        return goOnAtHandler(ts, frame, table, exitNumber);
    }
    if (exit.jump) {
        python::setRunning(frame, from);
        rebuildFrame(ts, frame, exit, words);
        const bool decision = result == Py_True;
        Py_DECREF(result);
        return goOnAtTarget(ts, frame, table, exitNumber, decision);
    }
    const bool pushesResult = exit.pushesResult;
    const auto spreadResults = static_cast<int32_t>(exit.spreadResults);
    python::setResumeAt(frame, static_cast<int32_t>(exit.nextIndex));
    rebuildFrame(ts, frame, exit, words);
    if (pushesResult) {
        return goOnBehind(ts, frame, table, exitNumber, result);
    }
    // Nothing runs a frame of its own on this one's value stack: what a helper left above its top is still there.
    python::setDepth(frame, python::depth(frame) + spreadResults);
    Py_DECREF(result);
    check(table, exitNumber, Leaving::Behind, frame);
    return goOn(ts, frame, table, exitNumber, from);
}

int64_t leaveWithoutInt(PyThreadState* ts, python::Frame* frame, uint32_t exitNumber, ExitTable* table,
                        const uint64_t* words) {
    returnedObject = leave(ts, frame, exitNumber, table, words);
    return kNoInt;
}

}  // namespace pyjion::deopt
