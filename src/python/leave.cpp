// SPDX-License-Identifier: MIT
// The end of `_PyEval_EvalFrameDefault` (its labels error, exception_unwind and exit_unwind) for frames that compiled
// code runs. Trace functions are told from here, because resuming with throwflag=1 would tell them of a call that does
// not happen.
#include "python/leave.h"

#include <opcode.h>

#include "python/exception_table.h"
#include "python/internal.h"

namespace pyjion::python {
namespace {

// One event for a trace or profile function, as call_trace() of Python/ceval.c sends it. -1 with an exception set when
// the function failed.
int callTracer(PyThreadState* ts, Frame* frame, Py_tracefunc tracer, PyObject* self, int what, PyObject* argument) {
    if (ts->tracing != 0) {
        return 0;
    }
    PyFrameObject* object = currentFrameObject(ts, frame);
    if (object == nullptr) {
        return -1;
    }
    const int outerWhat = ts->tracing_what;
    ts->tracing_what = what;
    PyThreadState_EnterTracing(ts);
    object->f_lineno = PyCode_Addr2Line(frame->f_code, runningIndex(frame) * static_cast<int>(sizeof(_Py_CODEUNIT)));
    const int result = tracer(self, object, what, argument);
    object->f_lineno = 0;
    PyThreadState_LeaveTracing(ts);
    ts->tracing_what = outerWhat;
    Py_DECREF(reinterpret_cast<PyObject*>(object));
    return result;
}

// One 'return' event without a value, the exception put aside meanwhile. -1 when the function failed: what it raised
// has taken the place of the exception.
int traceUnwind(PyThreadState* ts, Frame* frame, Py_tracefunc tracer, PyObject* self) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (callTracer(ts, frame, tracer, self, PyTrace_RETURN, nullptr) == 0) {
        PyErr_Restore(type, value, traceback);
        return 0;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return -1;
}

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

void pushValue(Frame* frame, PyObject* value) {
    frame->localsplus[frame->stacktop++] = value;
}

// Takes the exception away from the thread, complete with its traceback, as one object.
PyObject* takeException() {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyException_SetTraceback(value, traceback != nullptr ? traceback : Py_None);
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    return value;
}

bool leaveFrame(PyThreadState* ts, Frame* frame) {
    dropValues(frame, 0);
    if (ts->cframe->use_tracing != 0) {
        // The frame ends with an exception anyhow: a failing tracer only keeps the other one from being called.
        if (ts->c_tracefunc == nullptr || traceUnwind(ts, frame, ts->c_tracefunc, ts->c_traceobj) == 0) {
            if (ts->c_profilefunc != nullptr) {
                traceUnwind(ts, frame, ts->c_profilefunc, ts->c_profileobj);
            }
        }
    }
    finishFrame(ts, frame);
    return false;
}

int lineAt(Frame* frame, int32_t index) {
    return PyCode_Addr2Line(frame->f_code, index * static_cast<int>(sizeof(_Py_CODEUNIT)));
}

// The line that a line event compares with, as maybe_call_line_trace() of Python/ceval.c takes it.
int lineBefore(Frame* frame, int32_t executed) {
    return executed <= frame->f_code->_co_firsttraceable ? -1 : lineAt(frame, executed);
}

}  // namespace

void traceException(PyThreadState* ts, Frame* frame) {
    if (ts->c_tracefunc == nullptr) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject* argument =
        PyTuple_Pack(3, type, value != nullptr ? value : Py_None, traceback != nullptr ? traceback : Py_None);
    int failed = 0;
    if (argument != nullptr) {
        failed = callTracer(ts, frame, ts->c_tracefunc, ts->c_traceobj, PyTrace_EXCEPTION, argument);
        Py_DECREF(argument);
    }
    if (failed == 0) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

bool traceJump(PyThreadState* ts, Frame* frame, int32_t from) {
    const int32_t to = resumeIndex(frame);
    const int line = lineAt(frame, to);
    if (ts->c_tracefunc == nullptr || ts->tracing != 0 || line == -1) {
        return true;
    }
    const bool isBackward = to < from && _Py_OPCODE(firstInstruction(frame->f_code)[to]) != SEND;
    const bool isNewLine = line != lineBefore(frame, from) || isBackward;
    if (!isNewLine || line != lineBefore(frame, to - 1)) {
        return true;
    }
    PyFrameObject* object = currentFrameObject(ts, frame);
    if (object == nullptr) {
        return unwindFrame(ts, frame);
    }
    const bool wantsLines = object->f_trace_lines != 0;
    Py_DECREF(reinterpret_cast<PyObject*>(object));
    if (!wantsLines) {
        return true;
    }
    setRunning(frame, to);
    if (callTracer(ts, frame, ts->c_tracefunc, ts->c_traceobj, PyTrace_LINE, Py_None) != 0) {
        return unwindFrame(ts, frame);
    }
    setResumeAt(frame, runningIndex(frame));  // the trace function may have set f_lineno
    return true;
}

PyObject* resumeInInterpreter(PyThreadState* ts, Frame* frame) {
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
