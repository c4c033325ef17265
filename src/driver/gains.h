// SPDX-License-Identifier: MIT
// What compiling has been worth in this process: how much of the optimised code that was judged is a gain.
#pragma once

#include <cstdint>

namespace pyjion::driver {

/// Optimised code was judged: the part of the interpreter's time that it saves, 0 when it is no gain. Where that is
/// little, less is compiled from now on.
void noteGain(double saved);
/// How much code has been found to gain.
uint32_t gainsSoFar();
/// 1 in the beginning, up to 4 where optimised code saves most of the time, less where it is no gain.
double promise();

}  // namespace pyjion::driver
