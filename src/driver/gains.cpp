// SPDX-License-Identifier: MIT
#include "driver/gains.h"

namespace pyjion::driver {
namespace {

/// What became of the code that was judged, with one of each kind to begin with.
double judged = 2;
double gaining = 1;

}  // namespace

void noteGain(bool gains) {
    judged++;
    gaining += gains ? 1 : 0;
}

uint32_t gainsSoFar() {
    return static_cast<uint32_t>(gaining);
}

double promise() {
    return 2 * gaining / judged;
}

}  // namespace pyjion::driver
