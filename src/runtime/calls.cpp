// SPDX-License-Identifier: MIT
// PRECALL + CALL. A compiled Python function is entered the way CALL_PY_EXACT_ARGS and CALL_PY_WITH_DEFAULTS enter an
// interpreted one: its frame takes the references over, so that they die with the callee's locals.
#include "runtime/calls.h"

#include "runtime/activation.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// The callable and all arguments, self included, which follow it in memory.
struct Callee {
    PyObject** arguments;
    int64_t count;

    PyObject* callable() const { return arguments[-1]; }
};

/// Mirrors PRECALL: a bound method becomes its function and self.
Callee prepare(PyObject** slots, int64_t nargs) {
    if (slots[0] != nullptr) {
        return {slots + 1, nargs + 1};
    }
    PyObject* callable = slots[1];
    if (!Py_IS_TYPE(callable, &PyMethod_Type)) {
        return {slots + 2, nargs};
    }
    PyObject* function = PyMethod_GET_FUNCTION(callable);
    PyObject* self = PyMethod_GET_SELF(callable);
    Py_INCREF(function);
    Py_INCREF(self);
    slots[0] = function;
    slots[1] = self;
    Py_DECREF(callable);
    return {slots + 1, nargs + 1};
}

/// Everything that is not entered directly. The interpreter holds callable and arguments until the call has ended.
[[gnu::noinline]] PyObject* callByVector(PyThreadState* ts, Callee callee) {
    PyObject* callable = callee.callable();
    // The callable lies before the arguments: there is a slot that the callee may overwrite for a while.
    PyObject* result = PyObject_Vectorcall(callable, callee.arguments,
                                           static_cast<size_t>(callee.count) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
    Py_DECREF(callable);
    for (int64_t i = 0; i < callee.count; i++) {
        Py_DECREF(callee.arguments[i]);
    }
    if (result == nullptr) {
        return nullptr;
    }
    // CHECK_EVAL_BREAKER: the call has happened, its result is dropped when a signal handler raises.
    if (*python::evalBreakerWord(ts->interp) != 0 && python::handlePending(ts) != 0) [[unlikely]] {
        Py_DECREF(result);
        return nullptr;
    }
    return result;
}

/// The frame of a direct call with `callee.count` of its arguments moved into it, as well as the reference to the
/// function. Null without an exception and with nothing done when the data stack has no room.
inline _PyInterpreterFrame* moveIntoFrame(PyThreadState* ts, Callee callee, int32_t argumentCount) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callee.callable());
    // push() takes a reference of its own; given back before, the compiler sees that both cancel out.
    function->ob_base.ob_refcnt--;
    _PyInterpreterFrame* frame = python::push(ts, function, argumentCount);
    if (frame == nullptr) [[unlikely]] {
        function->ob_base.ob_refcnt++;
        return nullptr;
    }
    PyObject** locals = python::slots(frame);
    for (int64_t i = 0; i < callee.count; i++) {
        locals[i] = callee.arguments[i];
    }
    return frame;
}

/// moveIntoFrame() with the last arguments from the function's defaults. Null also when this does not help: the
/// function's vectorcall raises the error.
[[gnu::noinline]] _PyInterpreterFrame* completeFrame(PyThreadState* ts, Callee callee, int32_t argumentCount) {
    PyObject* defaults = reinterpret_cast<PyFunctionObject*>(callee.callable())->func_defaults;
    const int64_t missing = argumentCount - callee.count;
    if (missing < 0 || defaults == nullptr || PyTuple_GET_SIZE(defaults) < missing) {
        return nullptr;
    }
    _PyInterpreterFrame* frame = moveIntoFrame(ts, callee, argumentCount);
    if (frame == nullptr) {
        return nullptr;
    }
    for (int64_t i = 0; i < missing; i++) {
        PyObject* value = PyTuple_GET_ITEM(defaults, PyTuple_GET_SIZE(defaults) - missing + i);
        Py_INCREF(value);
        python::local(frame, static_cast<uint32_t>(callee.count + i)) = value;
    }
    return frame;
}

inline _PyInterpreterFrame* pushFrame(PyThreadState* ts, Callee callee, const CodeEntry* entry) {
    if (callee.count == entry->argumentCount) [[likely]] {
        return moveIntoFrame(ts, callee, entry->argumentCount);
    }
    return completeFrame(ts, callee, entry->argumentCount);
}

/// The record of the callee's code when compiled code can be entered directly, else null.
inline CodeEntry* directEntry(PyThreadState* ts, Callee callee) {
    if (!Py_IS_TYPE(callee.callable(), &PyFunction_Type)) {
        return nullptr;
    }
    CodeEntry* entry = entryOf(reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(callee.callable())));
    if (entry == nullptr || entry->body == nullptr || !entry->simpleParameters || python::isTraced(ts)) {
        return nullptr;
    }
    return entry;
}

inline PyObject* runFrame(PyThreadState* ts, _PyInterpreterFrame* frame, CodeEntry* entry) {
    PyObject* result = activateInline(ts, frame, entry);
    python::clearAndPop(ts, frame);
    return result;
}

inline PyObject* callAny(PyThreadState* ts, PyObject** slots, int64_t nargs) {
    const Callee callee = prepare(slots, nargs);
    if (CodeEntry* entry = directEntry(ts, callee)) {
        if (_PyInterpreterFrame* frame = pushFrame(ts, callee, entry)) {
            return runFrame(ts, frame, entry);
        }
    }
    return callByVector(ts, callee);
}

}  // namespace

PyObject* call(PyThreadState* ts, _PyInterpreterFrame*, PyObject** slots, int64_t nargs, Site* site) {
    PyObject* result = callAny(ts, slots, nargs);
    if (result != nullptr) {
        site->seenLeft |= typeBit(result);
    }
    return finish(ts, result);
}

PyObject* callKnown(PyThreadState* ts, _PyInterpreterFrame*, PyObject** slots, int64_t nargs, CodeEntry* expected) {
    const bool hasSelf = slots[0] != nullptr;
    const Callee callee = hasSelf ? Callee{slots + 1, nargs + 1} : Callee{slots + 2, nargs};
    if (directEntry(ts, callee) == expected) [[likely]] {
        if (_PyInterpreterFrame* frame = pushFrame(ts, callee, expected)) [[likely]] {
            return finish(ts, runFrame(ts, frame, expected));
        }
    }
    return finish(ts, callAny(ts, slots, nargs));
}

}  // namespace pyjion::runtime
