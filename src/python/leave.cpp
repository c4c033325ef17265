// SPDX-License-Identifier: MIT
// The end of `_PyEval_EvalFrameDefault` (its labels error, exception_unwind and exit_unwind) for frames that compiled
// code runs. Trace functions are told from here, because resuming with throwflag=1 would tell them of a call that does
// not happen.
#include "python/leave.h"

#include "python/exception_table.h"
#include "python/internal.h"
#include "python/start_trampoline.h"
#include "python/takeover.h"
#include "python/trace_events.h"

namespace pyjion::python {
namespace {

void addTraceback(PyThreadState* ts, Frame* frame) {
    if (isIncomplete(frame)) {
        return;
    }
    if (PyFrameObject* object = currentFrameObject(ts, frame)) {
        PyTraceBack_Here(object);
        Py_DECREF(reinterpret_cast<PyObject*>(object));
    }
}

void dropValues(Frame* frame, int32_t depthLeft) {
    while (depth(frame) > depthLeft) {
        frame->stacktop--;
        Py_XDECREF(frame->localsplus[frame->stacktop]);
    }
}

bool leaveFrame(PyThreadState* ts, Frame* frame) {
    dropValues(frame, 0);
    if (isTakenOver(frame)) {
        giveBackRaised(frame, takeException());
        return false;
    }
    traceUnwinding(ts, frame);
    finishFrame(ts, frame);
    return false;
}

}  // namespace

bool traceJump(PyThreadState* ts, Frame* frame, int32_t from) {
    if (isTakenOver(frame)) {
        noteExecuted(frame, from);
        return true;
    }
    const int32_t to = resumeIndex(frame);
    if (traceLineAfter(ts, frame, from)) {
        return true;
    }
    // The exception is that of the instruction that was about to begin, wherever f_lineno leads.
    return unwindFrame(ts, frame, findHandler(frame->f_code, to)) && traceJump(ts, frame, to);
}

PyObject* resumeInInterpreter(PyThreadState* ts, Frame* frame) {
    makeWay(frame);
    if (isTakenOver(frame)) {
        return giveBack(frame);
    }
    // The interpreter links the frame itself, into a cframe of its own, and counts it.
    unlink(ts, frame);
    ts->recursion_remaining++;
    return _PyEval_EvalFrameDefault(ts, frame, 0);
}

bool unwindReraised(PyThreadState* ts, Frame* frame, const std::optional<ExceptionEntry>& handler) {
    if (!handler) {
        return leaveFrame(ts, frame);
    }
    dropValues(frame, handler->depth);
    if (handler->pushesIndex) {
        PyObject* pushed = PyLong_FromLong(runningIndex(frame));
        if (pushed == nullptr) {
            return unwindReraised(ts, frame, handler);
        }
        pushValue(frame, pushed);
    }
    pushValue(frame, takeException());
    setResumeAt(frame, handler->target);
    return true;
}

bool unwindFrame(PyThreadState* ts, Frame* frame, const std::optional<ExceptionEntry>& handler) {
    addTraceback(ts, frame);
    traceException(ts, frame);
    return unwindReraised(ts, frame, handler);
}

bool unwindFrame(PyThreadState* ts, Frame* frame) {
    return unwindFrame(ts, frame, findHandler(frame->f_code, runningIndex(frame)));
}

}  // namespace pyjion::python
