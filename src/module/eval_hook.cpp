// SPDX-License-Identifier: MIT
#include "module/eval_hook.h"

#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/policy.h"
#include "driver/registry.h"
#include "driver/trial_runs.h"
#include "module/function_call.h"
#include "python/frame.h"
#include "python/generator.h"
#include "python/thread.h"
#include "runtime/activation.h"

namespace pyjion::module {

namespace {

/// The JIT works in no other: records and hooks are the main interpreter's.
PyInterpreterState* const mainInterpreter = PyInterpreterState_Main();

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
    if (!driver::engine().alternateEntries()) {
        callFaster(python::function(frame), *record);
    }
    uint32_t interpreted = 1;
    if (!python::isTraced(ts)) {
        if (!record->body) {
            interpreted = driver::considerEntry(*record, frame);
        }
        if (record->body) {
            return runtime::activate(ts, frame, record);
        }
        if (record->trial) [[unlikely]] {
            return driver::runOnTrial(ts, frame, *record, 0);
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
