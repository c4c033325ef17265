// SPDX-License-Identifier: MIT
// Which code may be compiled, and into what; and after how many entries or iterations of quick code it is asked whether
// that is worth it (policy.h).
#pragma once

#include <cstdint>

#include "driver/code_record.h"

namespace pyjion::driver {

/// Why a code object is not even tried; null when it may be.
const char* ruledOut(const CodeRecord& record);

/// Whether the passes would take too long for it, and too much memory.
bool isTooLarge(const CodeRecord& record);

/// Whether this code may have optimised code that is entered by calls.
bool mayCompileFull(const CodeRecord& record);

/// Code gains little as long as what it calls is interpreted. When other code has been found to gain since, and this
/// has gone on using time, it gets another trial.
bool deservesAnotherTrial(const CodeRecord& record);

/// Whether loops of this code may have optimised code.
bool mayCompileLoop(const CodeRecord& record);

/// Whether RyuJIT shall optimise quick code: where there is no optimised form of it, that is the next best.
bool mayHeatQuick(const CodeRecord& record);

/// The code has no optimised form: what there is stays.
void stopOptimising(CodeRecord& record);

/// Optimised code is made again so often because of types and classes that it met.
constexpr uint32_t kMostLessons = 6;

/// Entries of quick code after which a function is worth optimising.
inline constexpr uint64_t kPromoteEntries = 200;

/// When quick code is asked about next: after kPromoteEntries, and after twice as many each time it is compiled again.
void planPromotion(CodeRecord& record);

/// The next call is worth optimising as a whole.
void promoteNextCall(CodeRecord& record);

/// Iterations of a loop in quick code after which it is worth optimising.
int64_t iterationsToPromote();

}  // namespace pyjion::driver
