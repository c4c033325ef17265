// SPDX-License-Identifier: MIT
#include "driver/time_budget.h"

#include <algorithm>
#include <cstdint>

#include "driver/clock.h"
#include "driver/gains.h"
#include "driver/never_run.h"
#include "driver/sampler.h"
#include "driver/statistics.h"
#include "driver/waiting.h"

namespace pyjion::driver {
namespace {

/// Optimised code takes so long to make, from decoding to machine code: each piece, as the compiler has left the caches
/// of the processor meanwhile, and each bytecode of usual functions that is compiled.
constexpr double kMillisecondsPerPiece = 0.7;
constexpr double kMillisecondsPerBytecode = 0.05;
constexpr double kMillisecondsPerSample = kSampleNanoseconds / 1e6;

/// Larger code takes longer for each of its bytecodes, and memory, and is seldom what loops are in.
constexpr double kUsualBytecodes = 500;

/// One sample may be an accident, and few say little about what part of the time it is.
constexpr uint32_t kFewestSamples = 2;
constexpr uint32_t kFewestToBeSure = 6;
/// In the time that the code has used until it is compiled, it could have been compiled so often, at least. Calls gain
/// less than loops, and most code has none of these.
constexpr double kTimesCostOfLoop = 1.25;
constexpr double kTimesCostOfCalls = 5;
/// Loops may be fast where calls are not: the least that is made of what compiling has been worth so far.
constexpr double kLeastPromiseOfLoop = 0.25;
/// A loop of a function that gains nothing when it is compiled as a whole: this time it may run longer.
constexpr double kTimesCostOfUnpromisingLoop = 20;
/// The same for code that is compiled when all compiling together has taken its usual part already.
constexpr double kTimesCostOfCertainLoop = 5;
constexpr double kTimesCostOfCertainCalls = 8;
/// So many times that, and it is compiled whatever else has cost.
constexpr double kTimesBeyondAll = 10;

/// Most programs spend their time in many functions, each of which gains little. All compiling together may take so
/// many milliseconds, this part of the time that the process has used, and this part of what compiled code has saved.
constexpr double kAtOnce = 20;
constexpr double kShare = 0.01;
constexpr double kShareOfSaved = 0.75;
/// Where few functions use most of the time, they may take more, but not at once.
constexpr double kAtOnceForDominant = 40;
constexpr double kLargestShare = 0.06;
/// The parts that code takes which is certain to pay.
constexpr double kShareOfCertain = 0.03;
constexpr double kShareOfSavedForCertain = 1.5;
/// Code has a large part of the time if it has at least this part of all samples, as a divisor.
constexpr uint32_t kDominant = 5;

uint64_t allSamples = 0;

bool isDominant(uint32_t samples) {
    return samples >= kFewestToBeSure && samples * kDominant >= allSamples;
}

double costOf(const CodeRecord& record) {
    const double size = record.size() * partToCompile(record);
    return kMillisecondsPerPiece + size * kMillisecondsPerBytecode * std::max(1.0, size / kUsualBytecodes);
}

/// What all compiling takes with this code.
double spentWith(const CodeRecord& record) {
    return statistics().compileMilliseconds + bytecodesUnderWay() * kMillisecondsPerBytecode + costOf(record);
}

bool isWithinBudget(const CodeRecord& record, bool dominant) {
    const double used = processMilliseconds();
    const double share = kShare * promise() * used + kShareOfSaved * millisecondsSaved();
    double budget = kAtOnce * std::max(1.0, promise()) + share;
    if (dominant) {
        budget = std::max(budget, std::min(kAtOnceForDominant + share, kLargestShare * used));
    }
    return spentWith(record) <= budget;
}

bool leavesRoomForCertain(const CodeRecord& record) {
    const double share = kShareOfCertain * promise() * processMilliseconds();
    return spentWith(record) <= kAtOnceForDominant + share + kShareOfSavedForCertain * millisecondsSaved();
}

bool pays(const CodeRecord& record, uint32_t samples, double times, double timesForCertain) {
    const double used = samples * kMillisecondsPerSample;
    if (samples < kFewestSamples || used < times * costOf(record)) {
        return false;
    }
    const double certain = timesForCertain * costOf(record);
    const bool isCertain = samples >= kFewestToBeSure && used >= certain;
    return (isCertain && (leavesRoomForCertain(record) || used >= kTimesBeyondAll * certain)) ||
           isWithinBudget(record, isDominant(samples));
}

}  // namespace

void countSample() {
    allSamples++;
}

bool paysForLoop(const CodeRecord& record, uint32_t samples) {
    if (record.gainsNothing) {
        return pays(record, samples, kTimesCostOfUnpromisingLoop, kTimesCostOfUnpromisingLoop);
    }
    const double promised = std::max(promise(), kLeastPromiseOfLoop);
    return pays(record, samples, kTimesCostOfLoop / promised, kTimesCostOfCertainLoop / promised);
}

bool paysForCalls(const CodeRecord& record) {
    return pays(record, record.samples, kTimesCostOfCalls / promise(), kTimesCostOfCertainCalls / promise());
}

bool isAffordable(const CodeRecord& record) {
    return isWithinBudget(record, isDominant(record.samples));
}

}  // namespace pyjion::driver
