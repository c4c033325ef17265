// SPDX-License-Identifier: MIT
#include "python/trace_events.h"

#include <opcode.h>

#include <utility>

#include "python/internal.h"
#include "python/thread.h"

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

int lineAt(Frame* frame, int32_t index) {
    return PyCode_Addr2Line(frame->f_code, index * static_cast<int>(sizeof(_Py_CODEUNIT)));
}

int opcodeAt(Frame* frame, int32_t index) {
    return _Py_OPCODE(firstInstruction(frame->f_code)[index]);
}

// Whether an instruction begins a line for a trace function, after another one: maybe_call_line_trace() of
// Python/ceval.c. Jumps backwards do, except those in the loop of an `await`.
bool beginsLine(Frame* frame, int32_t index, int32_t before) {
    const int32_t firstTraceable = frame->f_code->_co_firsttraceable;
    const int line = lineAt(frame, index);
    if (line == -1 || index < firstTraceable || isResume(opcodeAt(frame, index))) {
        return false;
    }
    const int lineBefore = before <= firstTraceable ? -1 : lineAt(frame, before);
    return line != lineBefore || (index < before && opcodeAt(frame, index) != SEND);
}

// The trace function in whose place skipLine() stands.
Py_tracefunc skipsFor = nullptr;

// Stands for a trace function during one 'line' event, the first thing that happens after skipNextLine(). The 'opcode'
// event of the same instruction may follow.
int skipLine(PyObject* self, PyFrameObject* frame, int what, PyObject* argument) {
    if (what != PyTrace_LINE) {
        return skipsFor(self, frame, what, argument);
    }
    currentThread()->c_tracefunc = skipsFor;
    return 0;
}

// The interpreter will send a 'line' event at once: no other thread runs, no other code before that.
void skipNextLine(PyThreadState* ts) {
    skipsFor = std::exchange(ts->c_tracefunc, skipLine);
}

// The functions in whose places skipTraced() and skipProfiled() stand until the event comes. A 'line' or 'opcode' event
// of the same instruction may come first.
Py_tracefunc traceSkipsFor = nullptr;
Py_tracefunc profileSkipsFor = nullptr;

int skipTraced(PyObject*, PyFrameObject*, int what, PyObject*) {
    if (what == PyTrace_RETURN) {
        currentThread()->c_tracefunc = traceSkipsFor;
    }
    return 0;
}

int skipProfiled(PyObject*, PyFrameObject*, int what, PyObject*) {
    if (what == PyTrace_RETURN) {
        currentThread()->c_profilefunc = profileSkipsFor;
    }
    return 0;
}

// Whether the trace function is told of lines of this frame: 1 or 0, or -1 with an exception set.
int wantsLines(PyThreadState* ts, Frame* frame) {
    if (ts->cframe->use_tracing == 0 || ts->c_tracefunc == nullptr || ts->tracing != 0) {
        return 0;
    }
    PyFrameObject* object = currentFrameObject(ts, frame);
    if (object == nullptr) {
        return -1;
    }
    const int wants = object->f_trace_lines != 0 ? 1 : 0;
    Py_DECREF(reinterpret_cast<PyObject*>(object));
    return wants;
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

void traceUnwinding(PyThreadState* ts, Frame* frame) {
    if (ts->cframe->use_tracing == 0) {
        return;
    }
    // The frame ends with an exception anyhow: a failing tracer only keeps the other one from being called.
    if (ts->c_tracefunc != nullptr && traceUnwind(ts, frame, ts->c_tracefunc, ts->c_traceobj) != 0) {
        return;
    }
    if (ts->c_profilefunc != nullptr) {
        traceUnwind(ts, frame, ts->c_profilefunc, ts->c_profileobj);
    }
}

bool traceLineAfter(PyThreadState* ts, Frame* frame, int32_t from) {
    int32_t to = resumeIndex(frame);
    int wants = wantsLines(ts, frame);
    if (wants == 1 && beginsLine(frame, to, from)) {
        if (beginsLine(frame, to, to - 1)) {
            return true;
        }
        setRunning(frame, to);
        if (callTracer(ts, frame, ts->c_tracefunc, ts->c_traceobj, PyTrace_LINE, Py_None) != 0) {
            return false;
        }
        to = runningIndex(frame);  // the trace function may have set f_lineno: no event of that line
        setResumeAt(frame, to);
        wants = wantsLines(ts, frame);
    }
    if (wants == -1) {
        setRunning(frame, to);
        return false;
    }
    if (wants == 1 && beginsLine(frame, to, to - 1)) {
        skipNextLine(ts);
    }
    return true;
}

void skipReturn(PyThreadState* ts) {
    if (ts->c_tracefunc != nullptr) {
        traceSkipsFor = std::exchange(ts->c_tracefunc, skipTraced);
    }
    if (ts->c_profilefunc != nullptr) {
        profileSkipsFor = std::exchange(ts->c_profilefunc, skipProfiled);
    }
}

}  // namespace pyjion::python
