// SPDX-License-Identifier: MIT
// What compiling may cost of the time that a program uses (docs/maintainer/when-to-compile.md). Time is known in
// samples of kSampleNanoseconds; what code will cost is estimated by its bytecodes.
#pragma once

#include <cstdint>

#include "driver/code_record.h"

namespace pyjion::driver {

/// One more sample of time was taken, of whatever Python did.
void countSample();

/// Whether a loop of the code that has been met in so many samples may have optimised code.
bool paysForLoop(const CodeRecord& record, uint32_t samples);

/// The same for calls of the code, by all of its samples. They gain less than loops.
bool paysForCalls(const CodeRecord& record);

/// Whether compiling the code again, which types that it met may make better, is within what compiling may take.
bool isAffordable(const CodeRecord& record);

}  // namespace pyjion::driver
