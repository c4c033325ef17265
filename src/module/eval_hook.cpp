// SPDX-License-Identifier: MIT
#include "module/eval_hook.h"

#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/policy.h"
#include "python/frame.h"
#include "python/generator.h"
#include "python/thread.h"
#include "runtime/activation.h"

namespace pyjion::module {

namespace {

/// The JIT works in no other: records and hooks are the main interpreter's.
PyInterpreterState* const mainInterpreter = PyInterpreterState_Main();

/// The vectorcall of a function whose code is compiled: enters it without a detour through the evaluator. The
/// function's code is looked up at each call: `__code__` can be assigned, which leaves the vectorcall as it is. A
/// function that has no compiled code any more gets CPython's own vectorcall back.
PyObject* callCompiled(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* kwnames) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callable);
    PyThreadState* ts = python::currentThread();
    runtime::CodeEntry* entry = runtime::entryOf(reinterpret_cast<PyCodeObject*>(function->func_code));
    if (entry == nullptr || !entry->body) {
        function->vectorcall = _PyFunction_Vectorcall;
        return _PyFunction_Vectorcall(callable, args, nargsf, kwnames);
    }
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    if (kwnames != nullptr || !entry->simpleParameters || count != entry->argumentCount || python::isTraced(ts) ||
        ts->interp != mainInterpreter) {
        return _PyFunction_Vectorcall(callable, args, nargsf, kwnames);
    }
    _PyInterpreterFrame* frame = python::push(ts, function, static_cast<int32_t>(count));
    if (frame == nullptr) {
        return _PyFunction_Vectorcall(callable, args, nargsf, kwnames);
    }
    for (Py_ssize_t i = 0; i < count; ++i) {
        python::local(frame, static_cast<uint32_t>(i)) = Py_NewRef(args[i]);
    }
    PyObject* result = runtime::activate(ts, frame, entry);
    python::clearAndPop(ts, frame);
    return result;
}

void attachVectorcall(PyFunctionObject* function, const runtime::CodeEntry& entry) {
    if (function->vectorcall == _PyFunction_Vectorcall && entry.simpleParameters) {
        function->vectorcall = callCompiled;
    }
}

/// A generator goes on. Where its code has been compiled, that can be entered wherever a generator stops. With an
/// exception under way, nothing is done that could lose it.
PyObject* resume(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    auto* record = static_cast<driver::CodeRecord*>(runtime::entryOf(python::code(frame)));
    if (record == nullptr && throwflag == 0) {
        record = driver::recordFor(python::code(frame));
    }
    if (record == nullptr) {
        return runtime::interpret(ts, frame, throwflag);
    }
    uint32_t interpreted = 1;
    if (!python::isTraced(ts)) {
        if (!record->body && throwflag == 0) {
            interpreted = driver::considerEntry(*record, frame);
        }
        const int32_t resumePoint = record->resumePointFor(frame);
        if (resumePoint != 0) {
            return runtime::resume(ts, frame, record, resumePoint, throwflag != 0);
        }
    }
    record->leaveToInterpreter(interpreted);
    return runtime::interpret(ts, frame, throwflag);
}

/// The usual case of a generator that goes on: records name resume points while the JIT is on.
inline int32_t usualResumePoint(PyThreadState* ts, _PyInterpreterFrame* frame, runtime::CodeEntry* entry) {
    if (entry == nullptr || !python::ownedByGenerator(frame) || python::isTraced(ts) || ts->interp != mainInterpreter) {
        return 0;
    }
    if (entry->runCount + 1 == entry->promoteAt && runtime::tieringHooks.promote != nullptr) [[unlikely]] {
        runtime::tieringHooks.promote(entry, frame);
    }
    return entry->resumePointFor(frame);
}

[[gnu::noinline]] PyObject* evaluateUnusual(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    if (!driver::engine().compiles()) {
        driver::engine().refillNumbers();
    }
    if (!driver::engine().compiles() || ts->interp != mainInterpreter) {
        return runtime::interpret(ts, frame, throwflag);
    }
    if (python::ownedByGenerator(frame)) {
        return resume(ts, frame, throwflag);
    }
    // Only functions that start here, not frames that a debugger has moved.
    if (throwflag != 0 || python::resumeIndex(frame) != 0) {
        return runtime::interpret(ts, frame, throwflag);
    }
    driver::CodeRecord* record = driver::recordFor(python::code(frame));
    if (record == nullptr) {
        return runtime::interpret(ts, frame, throwflag);
    }
    uint32_t interpreted = 1;
    if (!python::isTraced(ts)) {
        if (!record->body) {
            interpreted = driver::considerEntry(*record, frame);
        }
        if (record->body) {
            attachVectorcall(python::function(frame), *record);
            return runtime::activate(ts, frame, record);
        }
    }
    record->leaveToInterpreter(interpreted);
    return runtime::interpret(ts, frame, throwflag);
}

/// What was not left to the interpreter before.
[[gnu::noinline]] PyObject* evaluateAsking(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    runtime::CodeEntry* entry = throwflag == 0 ? runtime::entryOf(python::code(frame)) : nullptr;
    const int32_t resumePoint = usualResumePoint(ts, frame, entry);
    return resumePoint != 0 ? runtime::resume(ts, frame, entry, resumePoint, false)
                            : evaluateUnusual(ts, frame, throwflag);
}

}  // namespace

/// Under the JIT most programs run interpreted for the most part: what such an entry costs here, it costs everywhere
/// (bench/entry.py counts the instructions).
PyObject* evaluate(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    runtime::CodeEntry* entry = runtime::entryOf(python::code(frame));
    if (entry == nullptr || --entry->unaskedEntries < 0) [[unlikely]] {
        return evaluateAsking(ts, frame, throwflag);
    }
    return runtime::interpret(ts, frame, throwflag);
}

}  // namespace pyjion::module
