// SPDX-License-Identifier: MIT
#include "deopt/inlined_frames.h"

#include <alloca.h>

#include <optional>

#include "base/check.h"
#include "python/frame.h"
#include "python/instance.h"
#include "python/leave.h"
#include "python/operators.h"
#include "python/thread.h"

namespace pyjion::deopt {
namespace {

InlinedExitHook inlinedExitHook = nullptr;

/// The inlined frame of this number, linked and counted, as if it had been called. `slots`: of all of them.
python::Frame* pushFrame(PyThreadState* ts, const Exit& exit, size_t number, PyObject** slots, bool isLast) {
    const std::vector<InlinedFrame>& rows = exit.inlined;
    const InlinedFrame& row = rows[number];
    const size_t end = number + 1 < rows.size() ? rows[number + 1].base() : exit.stack.size();
    const size_t count = end - row.depth;
    slots += row.depth - rows.front().base();
    auto* function = reinterpret_cast<PyFunctionObject*>(slots[0]);
    python::Frame* frame = python::push(ts, function, 0);
    PYJION_CHECK(frame != nullptr, "an inlined frame has no room on the data stack");
    Py_DECREF(slots[0]);  // the frame has a reference of its own
    for (uint32_t local = 0; local < row.localCount; local++) {
        python::local(frame, local) = slots[1 + local];
    }
    PyObject** values = slots + 1 + row.localCount;
    const size_t depth = count - 1 - row.localCount;
    for (size_t i = 0; i < depth; i++) {
        python::stackBase(frame)[i] = values[i];
    }
    python::setDepth(frame, static_cast<int32_t>(depth));
    if (isLast) {
        python::setResumeAt(frame, static_cast<int32_t>(row.nextIndex));
    } else {
        python::setRunning(frame, static_cast<int32_t>(row.runningIndex));
    }
    python::link(ts, frame);
    ts->recursion_remaining--;
    return frame;
}

/// type.__call__ has the arguments of an __init__ in a tuple while that runs, so that each has a reference more. Null
/// when there is no memory for it, which then shows in reference counts alone.
PyObject* holdArguments(python::Frame* frame) {
    const int count = python::code(frame)->co_argcount - 1;
    PyObject* held = PyTuple_New(count);
    for (int i = 0; held != nullptr && i < count; i++) {
        PyTuple_SET_ITEM(held, i, Py_XNewRef(python::local(frame, static_cast<uint32_t>(i + 1))));
    }
    PyErr_Clear();
    return held;
}

/// The result of the call that a frame was made for. `kept`: the objects in front of that.
PyObject* endCall(const InlinedFrame& row, PyObject** kept, PyObject* returned) {
    switch (row.end) {
        case InlinedFrame::End::Instance:
            return python::finishInstance(kept[0], returned);
        case InlinedFrame::End::Operator:
            return python::finishOperator(row.op, kept[1], kept[0], returned);
        case InlinedFrame::End::Getter:
            Py_DECREF(kept[0]);
            break;
        case InlinedFrame::End::Plain:
            break;
    }
    return returned;
}

/// The frame goes on behind its call, with that one's result.
PyObject* goOnBehind(PyThreadState* ts, python::Frame* frame, const InlinedFrame& row, PyObject* result) {
    if (result == nullptr) {
        // Code with handlers is not inlined.
        const bool isHandled = python::unwindFrame(ts, frame, std::nullopt);
        PYJION_DCHECK(!isHandled, "an inlined frame has a handler");
        return nullptr;
    }
    python::setResumeAt(frame, static_cast<int32_t>(row.nextIndex));
    python::pushValue(frame, result);
    return python::resumeInInterpreter(ts, frame);
}

}  // namespace

void setInlinedExitHook(InlinedExitHook hook) {
    inlinedExitHook = hook;
}

void pushWaiting(PyThreadState* ts, const Exit& exit, PyObject** slots) {
    for (size_t i = 0; i < exit.inlined.size(); i++) {
        pushFrame(ts, exit, i, slots, false);
    }
}

PyObject* finishWaiting(PyThreadState* ts, const InlinedFrame& row, PyObject* result) {
    python::Frame* frame = python::currentFrame(ts);
    result = goOnBehind(ts, frame, row, result);
    python::clearAndPop(ts, frame);
    return result;
}

PyObject* runInlinedFrames(PyThreadState* ts, ExitTable& table, Exit& exit, PyObject** slots) {
    const std::vector<InlinedFrame>& rows = exit.inlined;
    const uint32_t base = rows.front().base();
    auto** held = static_cast<PyObject**>(alloca(sizeof(PyObject*) * rows.size()));
    for (size_t i = 0; i < rows.size(); i++) {
        python::Frame* frame = pushFrame(ts, exit, i, slots, i + 1 == rows.size());
        held[i] = rows[i].end == InlinedFrame::End::Instance ? holdArguments(frame) : nullptr;
    }
    if (inlinedExitHook != nullptr && inlinedExitHook(table, exit, python::currentFrame(ts))) {
        exit.lessons++;
    }
    PyObject* result = nullptr;
    for (size_t i = rows.size(); i-- > 0;) {
        python::Frame* frame = python::currentFrame(ts);
        const bool isLast = i + 1 == rows.size();
        result = isLast ? python::resumeInInterpreter(ts, frame) : goOnBehind(ts, frame, rows[i], result);
        python::clearAndPop(ts, frame);
        result = endCall(rows[i], slots + (rows[i].base() - base), result);
        Py_XDECREF(held[i]);
    }
    return result;
}

}  // namespace pyjion::deopt
