// SPDX-License-Identifier: MIT
#include "module/function_call.h"

#include "driver/engine.h"
#include "python/frame.h"
#include "python/thread.h"
#include "runtime/activation.h"
#include "runtime/tiering.h"

namespace pyjion::module {

namespace {

PyInterpreterState* const mainInterpreter = PyInterpreterState_Main();

/// The frame of a call with positional arguments. Null without an exception when they are too few or too many, or the
/// data stack has no room.
inline _PyInterpreterFrame* pushFrame(PyThreadState* ts, PyFunctionObject* function, const runtime::CodeEntry& entry,
                                      PyObject* const* args, Py_ssize_t count) {
    const Py_ssize_t missing = entry.argumentCount - count;
    PyObject* const* defaults = nullptr;
    if (missing != 0) {
        PyObject* tuple = function->func_defaults;
        if (missing < 0 || tuple == nullptr || missing > PyTuple_GET_SIZE(tuple)) {
            return nullptr;
        }
        defaults = reinterpret_cast<PyTupleObject*>(tuple)->ob_item + PyTuple_GET_SIZE(tuple) - missing;
    }
    _PyInterpreterFrame* frame = python::push(ts, function, entry.argumentCount);
    if (frame == nullptr) {
        return nullptr;
    }
    PyObject** slot = python::slots(frame);
    for (Py_ssize_t i = 0; i < count; ++i) {
        *slot++ = Py_NewRef(args[i]);
    }
    for (Py_ssize_t i = 0; i < missing; ++i) {
        *slot++ = Py_NewRef(defaults[i]);
    }
    return frame;
}

[[gnu::noinline]] PyObject* callByCpython(PyFunctionObject* function, PyObject* const* args, size_t nargsf,
                                          PyObject* kwnames) {
    // Without a record: `__code__` was assigned. Without a body, only under the hook there is something to be faster
    // at.
    const auto* entry = runtime::entryOf(reinterpret_cast<PyCodeObject*>(function->func_code));
    if (entry == nullptr || !driver::engine().enabled() || (!entry->body && driver::engine().standsBack())) {
        function->vectorcall = _PyFunction_Vectorcall;
    }
    return _PyFunction_Vectorcall(reinterpret_cast<PyObject*>(function), args, nargsf, kwnames);
}

/// Compiled code is entered in no other interpreter, and sees no tracing.
inline bool mayRun(PyThreadState* ts) {
    return !python::isTraced(ts) && ts->interp == mainInterpreter;
}

/// What the interpreter runs must pass an evaluator that somebody put over ours, and ours no more when it was removed.
inline bool mayInterpret(PyThreadState* ts, const runtime::CodeEntry& entry) {
    return entry.unaskedEntries > 0 &&
           _PyInterpreterState_GetEvalFrameFunc(ts->interp) == runtime::tieringHooks.evaluate;
}

/// The function's code is looked up at each call: `__code__` can be assigned, which leaves the vectorcall as it is.
PyObject* callSeen(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* kwnames) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callable);
    runtime::CodeEntry* entry = runtime::entryOf(reinterpret_cast<PyCodeObject*>(function->func_code));
    if (entry == nullptr || kwnames != nullptr || !entry->simpleParameters) [[unlikely]] {
        return callByCpython(function, args, nargsf, kwnames);
    }
    PyThreadState* ts = python::currentThread();
    if (entry->body ? !mayRun(ts) : !mayInterpret(ts, *entry)) [[unlikely]] {
        return callByCpython(function, args, nargsf, kwnames);
    }
    _PyInterpreterFrame* frame = pushFrame(ts, function, *entry, args, PyVectorcall_NARGS(nargsf));
    if (frame == nullptr) [[unlikely]] {
        return callByCpython(function, args, nargsf, kwnames);
    }
    PyObject* result = nullptr;
    if (entry->body) {
        result = runtime::activate(ts, frame, entry);
    } else {
        entry->unaskedEntries--;
        result = runtime::interpret(ts, frame, 0);
    }
    python::clearAndPop(ts, frame);
    return result;
}

}  // namespace

void callFaster(PyFunctionObject* function, const runtime::CodeEntry& entry) {
    if (function->vectorcall == _PyFunction_Vectorcall && entry.simpleParameters) {
        function->vectorcall = callSeen;
    }
}

}  // namespace pyjion::module
