// SPDX-License-Identifier: MIT
#include "driver/under_way.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "driver/clock.h"
#include "driver/compile_job.h"
#include "driver/engine.h"
#include "driver/install.h"
#include "driver/options.h"
#include "driver/settle.h"
#include "driver/statistics.h"
#include "driver/waiting.h"
#include "python/attention.h"
#include "python/thread.h"
#include "python/undisturbed.h"

namespace pyjion::driver {

namespace {

void (*loopReady)() = nullptr;

bool hasSecondProcessor() {
    cpu_set_t allowed;
    // It fails where there are more processors than the set has room for.
    return sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) > 1;
}

/// What was guessed for optimised code may have been found wrong since it was begun.
bool isOutOfDate(const CodeRecord& record, const CodeUnderWay& made) {
    return record.suppressed || (made.code->tier == Tier::Full && made.forgottenGuesses != record.forgottenGuesses);
}

Outcome outcomeOf(CodeRecord& record, CodeUnderWay made) {
    if (isOutOfDate(record, made) || made.job->state() == BackgroundWork::State::Lost) {
        return {Outcome::Kind::OutOfDate, {}};
    }
    try {
        return install(record, std::move(made));
    } catch (const std::bad_alloc&) {
        return noMemory();
    }
}

void finish(CodeRecord& record) {
    const PauseWatch watch;
    const python::Undisturbed undisturbed(options().verify);
    std::unique_ptr<CodeUnderWay> made = takeCodeUnderWay(record);
    const Purpose purpose = made->purpose;
    const int32_t header = made->code->entryIndex;
    Outcome outcome = outcomeOf(record, std::move(*made));
    if (outcome.compiled()) {
        statistics().backgroundCompiles++;
    }
    settle(record, purpose, header, outcome);
    if (outcome.compiled() && header != 0) {
        loopReady();
    }
}

CodeRecord* readyRecord() {
    const std::vector<CodeRecord*>& waiting = waitingRecords();
    auto ready = std::find_if(waiting.begin(), waiting.end(), [](const CodeRecord* record) {
        return record->underWay->job->state() != BackgroundWork::State::Waiting;
    });
    return ready != waiting.end() ? *ready : nullptr;
}

int installAsked() {
    installReadyCode();
    return 0;
}

}  // namespace

bool compilesInBackground() {
    return options().compile == CompileMode::Background && options().stress == Stress{} &&
           options().osr.mode != Osr::Mode::Every && !python::isFinalizing() && hasSecondProcessor();
}

bool beginInBackground(CodeRecord& record, std::unique_ptr<CodeUnderWay>& made) {
    reserveWaiting();
    if (record.underWay || !doInBackground(made->job)) {
        return false;
    }
    waitFor(record, std::move(made));
    return true;
}

void installReadyCode() {
    // While the JIT is switched off nothing is installed: the news are kept for later.
    if (!engine().compiles() || !hasBackgroundNews()) {
        return;
    }
    while (CodeRecord* record = readyRecord()) {
        finish(*record);
    }
}

bool waitsForCode(CodeRecord& record) {
    installReadyCode();
    return record.underWay != nullptr;
}

void awaitFirstCode(CodeRecord& record) {
    installReadyCode();
    if (!record.underWay || record.underWay->purpose != Purpose::First || !engine().compiles()) {
        return;
    }
    const std::shared_ptr<CompileJob> job = record.underWay->job;
    Py_BEGIN_ALLOW_THREADS;
    while (job->state() == BackgroundWork::State::Waiting) {
        usleep(100);
    }
    Py_END_ALLOW_THREADS;
    installReadyCode();
}

void dropCodeUnderWay(CodeRecord& record) {
    if (const std::unique_ptr<CodeUnderWay> made = takeCodeUnderWay(record)) {
        Outcome outcome{Outcome::Kind::OutOfDate, {}};
        settle(record, made->purpose, made->code->entryIndex, outcome);
    }
}

void dropAllCodeUnderWay() {
    while (!waitingRecords().empty()) {
        dropCodeUnderWay(*waitingRecords().back());
    }
}

void startInstalling(void (*loopIsReady)()) {
    loopReady = loopIsReady;
    setBackgroundListener([] { python::askWhoRuns(installAsked); });
}

}  // namespace pyjion::driver
