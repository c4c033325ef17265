// SPDX-License-Identifier: MIT
// What compiling has been worth in this process: how much of the optimised code that was judged is a gain.
#pragma once

#include <cstdint>

namespace pyjion::driver {

/// Optimised code was judged: where little of it is a gain, less is compiled from now on.
void noteGain(bool gains);
/// How much code has been found to gain.
uint32_t gainsSoFar();
/// 1 in the beginning, more where optimised code is mostly a gain, less where it is none.
double promise();

}  // namespace pyjion::driver
