// SPDX-License-Identifier: MIT
#include "driver/gains.h"

namespace pyjion::driver {
namespace {

/// What became of the code that was judged; to begin with, two that save a quarter each.
double judged = 2;
double savedByAll = 0.5;
uint32_t gaining = 0;
double allSaved = 0;  // milliseconds

/// One in so many parts of the interpreter's time is what optimised code is expected to save.
constexpr double kUsual = 4;

}  // namespace

void noteGain(double saved) {
    judged++;
    savedByAll += saved;
    gaining += saved > 0 ? 1 : 0;
}

void noteRun(double milliseconds, double saved) {
    allSaved += milliseconds * saved / (1 - saved);
}

double millisecondsSaved() {
    return allSaved;
}

uint32_t gainsSoFar() {
    return gaining;
}

double promise() {
    const double saved = kUsual * savedByAll / judged;
    return saved <= 1 ? saved : saved * saved * saved;
}

}  // namespace pyjion::driver
