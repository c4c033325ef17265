// SPDX-License-Identifier: MIT
#include "driver/trial.h"

#include <algorithm>
#include <numeric>

namespace pyjion::driver {
namespace {

/// Calls of one function do different things, and the more runs of each kind there are the less it matters which of
/// them were compiled. A trial that has taken some time, in cycles, is decided by so few; one of long runs by fewer.
constexpr uint32_t kFewRuns = 16;
constexpr uint64_t kShortTrial = 10'000'000;
constexpr uint32_t kFewestRuns = 3;
constexpr uint64_t kLongTrial = 100'000'000;

/// Cycles of a run that the one before makes a difference to.
constexpr uint64_t kShortRun = 20'000;
constexpr uint32_t kShortestSeries = 4;
constexpr uint32_t kSeriesLengths = 8;
constexpr uint32_t kFirstOfSeries = 2;

}  // namespace

Trial::Kind Trial::nextKind() {
    Kind next = kind;
    if (seriesLeft == 0) {
        random = random * 1664525 + 1013904223;  // Knuth's quick generator (Numerical Recipes)
        next = (random >> 16 & 1) != 0 ? Compiled : Interpreted;
        const bool isShort = last != 0 && last < kShortRun;
        seriesLeft = isShort ? kShortestSeries + (random >> 17) % kSeriesLengths : 1;
        doNotCount = isShort && next != kind ? kFirstOfSeries : 0;
    }
    seriesLeft--;
    return counts[next] < kRuns ? next : next == Compiled ? Interpreted : Compiled;
}

bool Trial::isDecided() const {
    const uint32_t fewest = std::min(counts[Interpreted], counts[Compiled]);
    return fewest == kRuns || (fewest >= kFewRuns && total >= kShortTrial) ||
           (fewest >= kFewestRuns && total >= kLongTrial);
}

void Trial::note(uint64_t used, uint64_t entries, uint64_t entering) {
    last = used;
    if (doNotCount != 0) {
        doNotCount--;
        return;
    }
    if (counts[kind] == kRuns) {
        return;
    }
    toEnter += kind == Compiled ? entering : 0;
    isRecursive |= entries > 1;
    cycles[kind][counts[kind]++] = used / entries;
    total += used;
}

uint64_t Trial::typicalRun(Kind of) {
    const uint32_t count = counts[of];
    const auto first = cycles[of].begin();
    std::sort(first, first + count);
    if (isRecursive || count < 4) {
        return first[count / 2];
    }
    const auto from = first + count / 4;
    const auto to = first + count - count / 4;
    return std::accumulate(from, to, uint64_t{0}) / static_cast<uint64_t>(to - from);
}

}  // namespace pyjion::driver
