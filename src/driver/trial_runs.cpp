// SPDX-License-Identifier: MIT
#include "driver/trial_runs.h"

#include <x86intrin.h>

#include <algorithm>
#include <new>

#include "driver/credit.h"
#include "driver/engine.h"
#include "driver/options.h"
#include "driver/registry.h"
#include "driver/verdicts.h"
#include "runtime/activation.h"

namespace pyjion::driver {
namespace {

/// Cycles of one run that is not waited for.
constexpr uint64_t kLongRun = 50'000'000;

struct Run {
    PyObject* result;
    uint64_t cycles;  // of the run alone, without what begins and ends it
};

Run runCompiled(PyThreadState* ts, python::Frame* frame, CodeRecord& record) {
    record.runCount++;
    python::setRunning(frame, python::code(frame)->_co_firsttraceable);
    const uint64_t start = __rdtsc();
    PyObject* result = runtime::enter(ts, frame, record.full->entry(), 0);
    return {result, __rdtsc() - start};
}

Run run(PyThreadState* ts, python::Frame* frame, CodeRecord& record, Trial::Kind kind) {
    if (kind == Trial::Compiled) {
        return runCompiled(ts, frame, record);
    }
    record.leaveToInterpreter(1);
    if (record.start) {
        record.start->suspend();
    }
    const uint64_t start = __rdtsc();
    PyObject* result = runtime::interpret(ts, frame, 0);
    const uint64_t cycles = __rdtsc() - start;
    attach(record, engine().compiles());
    return {result, cycles};
}

/// Recursive code calls itself: by its own machine code, if that is what is measured.
void setOpen(CodeRecord& record, bool isOpen) {
    if (record.trial->isOpen != isOpen) {
        record.trial->isOpen = isOpen;
        attach(record, engine().compiles());
    }
}

void decide(CodeRecord& record) {
    Trial& trial = *record.trial;
    // Of the calls of recursive code, most are its own, and are not led.
    const uint64_t toEnter = trial.isRecursive ? 0 : trial.toEnter / trial.counts[Trial::Compiled];
    endTrial(record, trial.typicalRun(Trial::Interpreted), trial.typicalRun(Trial::Compiled), toEnter);
}

}  // namespace

void putOnTrial(CodeRecord& record) {
    if (record.full && !record.full->self && !isBudgetUnlimited() && options().stress == Stress{}) {
        record.trial.reset(new (std::nothrow) Trial);  // without memory it is entered untried
        attach(record, engine().compiles());
    }
}

PyObject* runOnTrial(PyThreadState* ts, python::Frame* frame, CodeRecord& record, uint64_t toEnter) {
    if (!runtime::mayEnter(ts, record)) {
        return run(ts, frame, record, Trial::Interpreted).result;
    }
    if (record.trial->isMeasuring) {
        return run(ts, frame, record, record.trial->kind).result;
    }
    Trial* trial = record.trial.get();
    const uint64_t number = trial->number;
    const Trial::Kind kind = trial->nextKind();
    trial->isMeasuring = true;
    trial->kind = kind;
    setOpen(record, kind == Trial::Compiled);
    const uint64_t entriesBefore = record.entries();
    trial->start = __rdtsc();
    const auto [result, used] = run(ts, frame, record, kind);
    // The frame holds the code object, and with it the record. But the trial may be over, and another one have begun:
    // the code was retired, or somebody asked for it to be compiled.
    trial = record.trial.get();
    if (trial == nullptr || trial->number != number) {
        return result;
    }
    setOpen(record, false);
    trial->isMeasuring = false;
    if (lacksCode(record)) {
        return result;
    }
    trial->note(used, std::max<uint64_t>(record.entries() - entriesBefore, 1), toEnter);
    if (trial->isDecided()) {
        decide(record);
    }
    return result;
}

bool isMeasuredInInterpreter(CodeRecord& record) {
    const Trial* trial = record.trial.get();
    if (trial == nullptr || !trial->isMeasuring || trial->kind != Trial::Interpreted) {
        return false;
    }
    if (__rdtsc() - trial->start < kLongRun) {
        return true;
    }
    acceptFull(record);
    return false;
}

}  // namespace pyjion::driver
