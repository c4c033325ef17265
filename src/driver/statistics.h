// SPDX-License-Identifier: MIT
// Counters of the process. What a code object did is added when it dies, so that sums stay right when code is freed.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "deopt/metadata.h"
#include "driver/clock.h"

namespace pyjion::driver {

struct CodeRecord;
struct CompiledCode;

/// How long compiling held the GIL, each time, as processor time. Of constant size.
class Pauses {
  public:
    void add(double milliseconds);

    uint64_t count() const { return count_; }
    double largest() const { return largest_; }
    /// That part of all pauses is no longer, to the precision of kSteps.
    double quantile(double part) const;

  private:
    /// Bounds grow by the kSteps-th root of 2, from a microsecond on.
    static constexpr int kSteps = 8;
    std::array<uint32_t, 24 * kSteps> counts_ = {};
    uint64_t count_ = 0;
    double largest_ = 0;
};

struct Statistics {
    uint64_t compiled = 0;  // pieces of code, all tiers
    uint64_t refused = 0;   // code objects that cannot be compiled
    uint64_t internalErrors = 0;
    uint64_t fullCompiled = 0;
    uint64_t loopsCompiled = 0;
    uint64_t takeovers = 0;  // of frames that the interpreter ran, by the code of a loop
    uint64_t codeBytes = 0;  // machine code that there is; at the end, that there was when the interpreter ended
    double compileMilliseconds = 0;
    double backEndMilliseconds = 0;  // of them, in RyuJIT
    uint64_t backgroundCompiles = 0;
    Pauses pauses;

    void count(const CompiledCode& code);
    /// The record is about to be freed.
    void forget(const CodeRecord& record);

    // Of code objects that have died; exits by deopt::Reason.
    std::vector<uint64_t> exits = std::vector<uint64_t>(deopt::reasonCount());
    uint64_t activations = 0;
};

Statistics& statistics();

/// Entries of the record's compiled code.
uint64_t activationsOf(const CodeRecord& record);
/// Adds the exits that its code has taken, by deopt::Reason.
void addExits(const CodeRecord& record, std::vector<uint64_t>& sums);

/// While it lives, compiling holds the GIL.
class PauseWatch {
  public:
    PauseWatch() = default;
    ~PauseWatch() { statistics().pauses.add(threadMilliseconds() - start_); }
    PauseWatch(const PauseWatch&) = delete;
    PauseWatch& operator=(const PauseWatch&) = delete;

  private:
    const double start_ = threadMilliseconds();
};

}  // namespace pyjion::driver
