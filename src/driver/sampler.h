// SPDX-License-Identifier: MIT
// A thread that wakes up each time the process has used some milliseconds of CPU time, and asks the interpreter for its
// attention. It sleeps on the process's own CPU clock: an idle process has no wake-ups.
#pragma once

#include <cstdint>

#include "python/attention.h"

namespace pyjion::driver {

/// CPU time between two ticks.
inline constexpr int64_t kSampleNanoseconds = 5'000'000;

/// Starts it; `atTick` is called in the thread that runs Python at a tick, with the GIL, where its interpreter looks at
/// the eval breaker: once after a long call of C code, however many ticks it took. It may be called once more after
/// stopSampler(). Does nothing when it runs already.
void startSampler(python::Attention* atTick);

/// Stops it. Whoever ends the interpreter calls this first.
void stopSampler();

}  // namespace pyjion::driver
