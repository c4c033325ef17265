// SPDX-License-Identifier: MIT
// For unit tests only: plays the part of compiled code. A frame is pushed, linked and counted as compiled code does it,
// and the test then does with it what compiled code would do.
#pragma once

#include <Python.h>

#include "python/embedded_interpreter.h"
#include "python/frame.h"
#include "python/leave.h"
#include "python/thread.h"

namespace pyjion::python {

class TestActivation {
  public:
    /// `arguments` become the first locals. The position is the function's first traceable instruction.
    TestActivation(PyObject* function, PyObject* arguments) : ts_(currentThread()) {
        const auto count = static_cast<int32_t>(PyTuple_GET_SIZE(arguments));
        frame_ = push(ts_, reinterpret_cast<PyFunctionObject*>(function), count);
        for (int32_t i = 0; i < count; i++) {
            slots(frame_)[i] = Py_NewRef(PyTuple_GET_ITEM(arguments, i));
        }
        setRunning(frame_, code(frame_)->_co_firsttraceable);
        if (!enterRecursion(ts_)) {
            Py_FatalError("the recursion limit was reached in a test");
        }
        link(ts_, frame_);
    }

    PyThreadState* ts() const { return ts_; }
    Frame* frame() const { return frame_; }

    void pushValue(PyObject* value) { python::pushValue(frame_, value); }

    /// What becomes of the frame when an exception has been unwound: the interpreter goes on at the handler, if any.
    PyObject* afterUnwinding(bool goesOn) { return goesOn ? resumeInInterpreter(ts_, frame_) : nullptr; }

    /// The end as a caller of compiled code does it; `result` is handed through.
    PyObject* end(PyObject* result) {
        clearAndPop(ts_, frame_);
        return result;
    }

  private:
    PyThreadState* ts_;
    Frame* frame_ = nullptr;
};

/// Code unit of the n-th instruction (counted from 0) with this name, as the interpreter's dis module tells it; -1 if
/// none.
inline int32_t indexOf(PyObject* function, const std::string& name, int n = 0) {
    auto names = runPython(
        "import dis\n"
        "def index(function, name, n):\n"
        "    found = [i.offset // 2 for i in dis.get_instructions(function) if i.opname == name]\n"
        "    return found[n] if n < len(found) else -1\n");
    auto index = evaluate(names, "index");
    auto result = Ref<>::steal(PyObject_CallFunction(index.get(), "Osi", function, name.c_str(), n));
    return result ? static_cast<int32_t>(PyLong_AsLong(result.get())) : -1;
}

}  // namespace pyjion::python
