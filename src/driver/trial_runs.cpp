// SPDX-License-Identifier: MIT
#include "driver/trial_runs.h"

#include <x86intrin.h>

#include <algorithm>
#include <new>
#include <numeric>

#include "driver/credit.h"
#include "driver/engine.h"
#include "driver/options.h"
#include "driver/registry.h"
#include "driver/verdicts.h"
#include "runtime/activation.h"

namespace pyjion::driver {
namespace {

/// Calls of one function do different things, and the more runs of each kind there are the less it matters which of
/// them were compiled. A trial that has taken some time, in cycles, is decided by so few; one of long runs by fewer.
constexpr uint32_t kFewRuns = 16;
constexpr uint64_t kShortTrial = 10'000'000;
constexpr uint32_t kFewestRuns = 3;
constexpr uint64_t kLongTrial = 100'000'000;
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

/// Either kind, but one that is complete is not measured on.
Trial::Kind nextKind(Trial& trial) {
    trial.random = trial.random * 1664525 + 1013904223;  // Knuth's quick generator (Numerical Recipes)
    const auto kind = (trial.random >> 16 & 1) != 0 ? Trial::Compiled : Trial::Interpreted;
    return trial.counts[kind] < Trial::kRuns ? kind : kind == Trial::Compiled ? Trial::Interpreted : Trial::Compiled;
}

bool isDecided(const Trial& trial) {
    const uint32_t fewest = std::min(trial.counts[Trial::Interpreted], trial.counts[Trial::Compiled]);
    return fewest == Trial::kRuns || (fewest >= kFewRuns && trial.total >= kShortTrial) ||
           (fewest >= kFewestRuns && trial.total >= kLongTrial);
}

/// Recursive code calls itself: by its own machine code, if that is what is measured.
void setOpen(CodeRecord& record, bool isOpen) {
    if (record.trial->isOpen != isOpen) {
        record.trial->isOpen = isOpen;
        attach(record, engine().compiles());
    }
}

/// What a run takes: the mean of the middle half, which interruptions do not reach, and in which calls that do
/// different things have their parts. Each call of recursive code has its own depth: the median.
uint64_t typicalRun(Trial& trial, Trial::Kind kind) {
    const uint32_t count = trial.counts[kind];
    const auto first = trial.cycles[kind].begin();
    std::sort(first, first + count);
    if (trial.isRecursive || count < 4) {
        return first[count / 2];
    }
    const auto from = first + count / 4;
    const auto to = first + count - count / 4;
    return std::accumulate(from, to, uint64_t{0}) / static_cast<uint64_t>(to - from);
}

void decide(CodeRecord& record) {
    Trial& trial = *record.trial;
    // Of the calls of recursive code, most are its own, and are not led.
    const uint64_t toEnter = trial.isRecursive ? 0 : trial.toEnter / trial.counts[Trial::Compiled];
    endTrial(record, typicalRun(trial, Trial::Interpreted), typicalRun(trial, Trial::Compiled), toEnter);
}

}  // namespace

void putOnTrial(CodeRecord& record) {
    if (record.full && !isBudgetUnlimited() && options().stress == Stress{}) {
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
    Trial& trial = *record.trial;
    const Trial::Kind kind = nextKind(trial);
    const uint32_t ofCode = record.fullCompiles;
    trial.isMeasuring = true;
    trial.kind = kind;
    setOpen(record, kind == Trial::Compiled);
    const uint64_t entriesBefore = record.entries();
    trial.start = __rdtsc();
    const auto [result, used] = run(ts, frame, record, kind);
    // The frame holds the code object, and with it the record. But the trial may be over, and another one have begun:
    // the code was retired, or somebody asked for it to be compiled.
    if (record.trial == nullptr || record.fullCompiles != ofCode) {
        return result;
    }
    setOpen(record, false);
    trial.isMeasuring = false;
    // A recursive run is as long as it is deep: what counts is what each of its calls takes.
    const uint64_t entries = std::max<uint64_t>(record.entries() - entriesBefore, 1);
    trial.isRecursive |= kind == Trial::Compiled && entries > 1;
    trial.cycles[kind][trial.counts[kind]++] = used / entries;
    trial.toEnter += kind == Trial::Compiled ? toEnter : 0;
    trial.total += used;
    if (isDecided(trial)) {
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
