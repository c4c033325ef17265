// SPDX-License-Identifier: MIT
// Optimised code on trial. Whether it is faster than the interpreter cannot be told from the outside: code that calls
// and compares objects of unknown types gains little, and pays for the hook by which it is entered. So what has earned
// optimised code by the time that it uses is entered compiled and interpreted by turns, until it is known which is
// better.
#pragma once

#include <array>
#include <cstdint>

namespace pyjion::driver {

/// What has been measured so far. Runs of each kind take turns: short ones in series, whose first runs do not count,
/// since the processor has guesses and data of the other kind then.
struct Trial {
    static constexpr uint32_t kRuns = 128;  // of each kind, at most
    enum Kind : uint32_t { Interpreted, Compiled };

    /// No other trial has it: during a run its trial may end, and another one of the same code begin.
    const uint64_t number = ++made;
    std::array<std::array<uint64_t, kRuns>, 2> cycles{};
    std::array<uint32_t, 2> counts{};
    uint64_t toEnter = 0;      // cycles that calls took beyond the compiled runs: the sum
    uint64_t last = 0;         // cycles of the last run
    uint32_t seriesLeft = 0;   // so many runs of the kind that is under way
    uint32_t doNotCount = 0;   // the next ones
    uint64_t total = 0;        // cycles of all runs
    uint64_t start = 0;        // of the run under way
    uint32_t random = 1;       // which kind is next, and how often: an order could be that of the program's calls
    bool isMeasuring = false;  // a run is under way: those inside of it are part of it
    Kind kind = Interpreted;   // of that run
    bool isRecursive = false;  // compiled runs have several calls
    bool isOpen = false;       // it is a compiled one: calls inside of it enter the code as they will without a trial

    /// Either kind, but one that is complete is not measured on.
    Kind nextKind();
    /// A run of `kind` has ended, in which the code was entered so often. A recursive one is as long as it is deep:
    /// what counts is what each of its calls takes. What is complete has room for no more. `entering`: what the call
    /// took beyond it.
    void note(uint64_t used, uint64_t entries, uint64_t entering = 0);
    bool isDecided() const;
    /// What a run takes: the mean of the middle half, which interruptions do not reach, and in which calls that do
    /// different things have their parts. Each call of recursive code has its own depth: the median.
    uint64_t typicalRun(Kind of);

  private:
    inline static uint64_t made = 0;
};

}  // namespace pyjion::driver
