// SPDX-License-Identifier: MIT
// A thread that wakes up each time the process has used some milliseconds of CPU time, and asks the interpreter for its
// attention. It sleeps on the process's own CPU clock: an idle process has no wake-ups.
#pragma once

namespace pyjion::driver {

/// Starts it; `atTick` is called in the main thread with the GIL, as pending calls are: where the interpreter looks at
/// the eval breaker. It may be called once more after stopSampler(). Does nothing when it runs already.
void startSampler(int (*atTick)(void*));

/// What is called at ticks calls this: until then no other tick asks. A long call of C code is one sample, not many
/// that whoever runs next would be taken for.
void tickArrived();

/// Stops it. Whoever ends the interpreter calls this first.
void stopSampler();

}  // namespace pyjion::driver
