// SPDX-License-Identifier: MIT
#include "driver/handlers.h"

#include <x86intrin.h>

#include <utility>

#include "driver/credit.h"
#include "driver/eligibility.h"
#include "driver/events.h"
#include "driver/gains.h"
#include "driver/options.h"
#include "driver/policy.h"
#include "driver/time_budget.h"
#include "driver/under_way.h"
#include "driver/verdicts.h"

namespace pyjion::driver {
namespace {

/// A handler that has run so often will run again: at multiples of it the question is asked.
constexpr uint32_t kFewestRuns = 32;
/// The same for what is being judged, which is to happen with its handlers: code on trial, and loops, at first.
constexpr uint32_t kFewestRunsWhenJudged = 8;

/// Judgements that wait for a handler which is worth code when there is budget; at each question anew.
constexpr uint32_t kPatience = 256;

/// An exception takes some hundred cycles more where optimised code is left and entered for it. In loops, which are not
/// tried against the interpreter, so many cycles must lie between two exceptions, on average of so many.
constexpr uint64_t kFewestCycles = 1000;
constexpr uint32_t kEntriesToJudge = 16;

bool isWorthCode(CodeRecord& record, const CompiledCode& left, uint32_t runs) {
    const Osr& osr = options().osr;
    if (osr.mode != Osr::Mode::On || options().stress != Stress{}) {
        return osr.mode == Osr::Mode::Every && runs % osr.every == 0;
    }
    const bool isJudged = record.trial || left.entryIndex != 0;
    if (runs % (isJudged ? kFewestRunsWhenJudged : kFewestRuns) != 0) {
        return false;
    }
    // Calls that end in the interpreter make nothing of optimised code, and loops that do in each iteration neither.
    const bool isLeftOften = isJudged || endsOftenInterpreted(left, record.entries());
    const bool pays =
        isBudgetUnlimited() || (isLeftOften && isAffordable(record)) || paysForLoop(record, record.samples);
    record.awaitsHandler = isLeftOften && !pays ? kPatience : 0;
    return pays;
}

/// Whether a loop comes to its handler so often that this takes most of the time.
bool isTooFrequent(const CompiledCode& left, HandlerUse& use) {
    const bool isJudged = options().osr.mode == Osr::Mode::On && !isBudgetUnlimited();
    if (left.entryIndex == 0 || ++use.entries % kEntriesToJudge != 0 || !isJudged) {
        return false;
    }
    const uint64_t now = __rdtsc();
    const uint64_t cycles = now - std::exchange(use.judged, now);
    return cycles < kFewestCycles * kEntriesToJudge;
}

}  // namespace

const CompiledCode* handlerCode(CodeRecord& record, const CompiledCode& left, int32_t unit, python::Frame* frame) {
    HandlerUse& use = record.handlers[unit];
    if (use.isTooFrequent) {
        return nullptr;
    }
    auto found = record.loops.find(unit);
    const bool isWanted = found == record.loops.end() || found->second->isOutdated;
    if (isWanted && mayCompileLoop(record) && !waitsForCode(record) && isWorthCode(record, left, ++use.runs)) {
        compileFrom(record, unit, frame);
        found = record.loops.find(unit);
    }
    if (found == record.loops.end()) {
        return nullptr;
    }
    if (isTooFrequent(left, use)) {
        use.isTooFrequent = true;
        noteGain(0);
        note(Event::Kind::GivenUp, record, 0, "its handler runs so often that exceptions take most of the time");
        retire(record, *found->second);
        return nullptr;
    }
    return found->second.get();
}

}  // namespace pyjion::driver
