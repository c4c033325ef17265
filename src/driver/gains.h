// SPDX-License-Identifier: MIT
// What compiling has been worth in this process: how much of the optimised code that was judged is a gain.
#pragma once

#include <cstdint>

namespace pyjion::driver {

/// Optimised code was judged: the part of the interpreter's time that it saves, 0 when it is no gain. Where that is
/// little, less is compiled from now on.
void noteGain(double saved);
/// Optimised code that saves this part of the interpreter's time has run for so many milliseconds.
void noteRun(double milliseconds, double saved);
/// What the interpreter would have taken longer, in all.
double millisecondsSaved();
/// How much code has been found to gain.
uint32_t gainsSoFar();
/// 1 in the beginning: a quarter of the time; less where optimised code is seldom a gain. Where it saves more it grows
/// with the third power: such programs are loops and calls between Python functions, whose code is fast when all of it
/// is compiled, and the sooner the better. (Measured over the first 1.2 s of seven programs: 12 % less time than with
/// the first power; those that spend their time in C have less than 1.)
double promise();

}  // namespace pyjion::driver
