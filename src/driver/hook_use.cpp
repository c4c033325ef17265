// SPDX-License-Identifier: MIT
#include "driver/hook_use.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/options.h"
#include "driver/policy.h"
#include "driver/sampler.h"
#include "python/takeover.h"
#include "runtime/tiering.h"

namespace pyjion::driver {
namespace {

/// Samples after which is looked at what the hook was good for; when it has come back fewer.
constexpr uint32_t kWindow = 64;
constexpr uint32_t kWindowOfAttempt = 8;
/// The same where there is code that is still compiled or tried: what it is good for will be known soon.
constexpr uint32_t kLongestAttempt = 32;
/// Samples before the first attempt.
constexpr uint32_t kFirstWait = 16;
/// Nanoseconds that the hook costs for each entry of a function that the interpreter runs.
constexpr double kEntryCost = 20;
/// Part of the time of optimised code that it saves, at least: a tenth is what it must save to be kept (trial.h).
constexpr double kSaved = 0.1;
/// Part of all time that is not worth saving.
constexpr double kNegligible = 0.005;
/// Code that has one sample of so many in the interpreter is worth the hook at once.
constexpr uint32_t kDominant = 8;
/// Each time that the hook was brought back for nothing, the next attempt waits for so many times as many samples.
constexpr uint32_t kMorePatience = 4;
constexpr uint32_t kLongestWait = 8192;

struct Balance {
    uint32_t samples = 0;  // in this window, or since the hook stood back
    uint32_t entered = 0;  // of them, in optimised code that was entered through the hook
    uint64_t entries = 0;  // of what the interpreter runs, at the start of the window
    uint32_t length = kWindow;
    uint32_t wait = kFirstWait;
    uint64_t windows = 0;
};
Balance balance;

/// Calls from compiled code find compiled code by themselves: what was entered first in an unbroken row of compiled
/// frames is what counts.
bool wasEnteredThroughHook(python::Frame* frame) {
    python::Frame* first = nullptr;
    for (; frame != nullptr && !python::isInterpreted(frame); frame = python::previous(frame)) {
        first = frame;
    }
    if (first == nullptr || python::isTakenOver(first)) {
        return false;
    }
    const auto* record = static_cast<const CodeRecord*>(runtime::entryOf(python::code(first)));
    return record != nullptr && record->full != nullptr && record->trial == nullptr;
}

/// Of all code, in the interpreter, under the hook.
uint64_t interpretedEntries() {
    uint64_t sum = 0;
    forEachRecord([&sum](const CodeRecord& record) { sum += record.interpretedEntries(); });
    return sum;
}

/// Whether optimised code saves what the hook has cost in this window, which ends with so many entries.
bool hasPaid(uint64_t now) {
    // Code objects die, and take their counts with them.
    const auto entries = static_cast<double>(now - std::min(now, balance.entries));
    const double time = kSampleNanoseconds * balance.samples;
    const double saved = kSampleNanoseconds * balance.entered * kSaved;
    return entries * kEntryCost <= std::max(saved, time * kNegligible);
}

bool isAnythingTried() {
    bool found = false;
    forEachRecord([&found](const CodeRecord& record) { found = found || record.trial || record.underWay; });
    return found;
}

void startWindow(uint32_t length, uint64_t entries) {
    balance.length = length;
    balance.samples = 0;
    balance.entered = 0;
    balance.entries = entries;
    balance.windows++;
}

/// Until it is weighed after so many samples.
void bringHookFor(uint32_t window) {
    if (engine().standsBack()) {
        startWindow(window, interpretedEntries());
        engine().comeBack();
    }
}

}  // namespace

bool isHookWanted() {
    return isBudgetUnlimited() || isThresholdSet() || options().stress != Stress{} ||
           options().osr.mode != Osr::Mode::On || !options().full_code;
}

void bringHook() {
    bringHookFor(kWindow);
}

void weighHook(python::Frame* frame) {
    balance.samples++;
    if (engine().standsBack()) {
        return;
    }
    balance.entered += wasEnteredThroughHook(frame);
    if (balance.samples < balance.length) {
        return;
    }
    if (balance.length < kLongestAttempt && isAnythingTried()) {
        balance.length += kWindowOfAttempt;
        return;
    }
    const uint64_t entries = interpretedEntries();
    const bool pays = isHookWanted() || hasPaid(entries);
    startWindow(kWindow, entries);
    if (pays) {
        balance.wait = kFirstWait;
    } else {
        engine().standBack();
    }
}

void considerHook(CodeRecord& record) {
    if (!engine().standsBack() || !(record.full || mayCompileFull(record))) {
        return;
    }
    const uint64_t window = balance.windows + balance.samples / kWindow;
    if (std::exchange(record.sampledIn, window) != window) {
        record.samplesThen = 0;
    }
    const bool dominates = ++record.samplesThen * kDominant >= kWindow;
    const bool isTime = dominates || balance.samples >= balance.wait;
    if (!isTime || !(record.full || hasEarnedCalls(record))) {
        return;
    }
    balance.wait = std::min(kMorePatience * balance.wait, kLongestWait);
    bringHookFor(kWindowOfAttempt);
}

}  // namespace pyjion::driver
