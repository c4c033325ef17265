// SPDX-License-Identifier: MIT
#include "module/start_body.h"

#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/policy.h"
#include "driver/trial_runs.h"
#include "module/function_call.h"
#include "python/start_trampoline.h"
#include "runtime/activation.h"

namespace pyjion::module {

namespace {

/// The code is tried, or asked about, or has to be left to the interpreter.
[[gnu::noinline]] PyObject* runUnusually(PyThreadState* ts, python::Frame* frame, driver::CodeRecord& record) {
    if (!driver::engine().compiles()) {
        driver::engine().refillNumbers();
        return python::kNotHere;
    }
    if (record.trial && runtime::mayEnter(ts, record)) {
        const python::SetAside aside = python::setAside(ts, frame);
        return python::takeBack(ts, frame, aside, driver::runOnTrial(ts, frame, record, driver::kCyclesOfTrampoline));
    }
    if (!record.body) {
        driver::considerStart(record, frame);
    }
    return python::kNotHere;
}

}  // namespace

PyObject* runAtStart(PyThreadState* ts, python::Frame* frame, void* context) {
    auto& record = *static_cast<driver::CodeRecord*>(context);
    if (!record.body || !runtime::mayEnter(ts, record)) [[unlikely]] {
        return runUnusually(ts, frame, record);
    }
    if (!driver::engine().alternateEntries()) [[likely]] {
        callFaster(python::function(frame), record);
    }
    if (++record.runCount == record.promoteAt && runtime::tieringHooks.promote != nullptr) [[unlikely]] {
        runtime::tieringHooks.promote(&record, frame);
    }
    python::setRunning(frame, python::code(frame)->_co_firsttraceable);
    return runtime::runNextBodies(ts, frame, record.body(ts, frame, 0));
}

}  // namespace pyjion::module
