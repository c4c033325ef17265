// SPDX-License-Identifier: MIT
// The records that wait for code on which RyuJIT works in the background. All of it needs the GIL.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "driver/code_record.h"

namespace pyjion::driver {

/// Those that wait, in the order in which they began to.
const std::vector<CodeRecord*>& waitingRecords();

/// There will be room for one more. Throws std::bad_alloc.
void reserveWaiting();
/// The record waits for this. Needs reserveWaiting().
void waitFor(CodeRecord& record, std::unique_ptr<CodeUnderWay> made);

/// The bytecodes of all code that is under way.
uint64_t bytecodesUnderWay();

/// What the record waits for, which is not installed any more; null for nothing.
std::unique_ptr<CodeUnderWay> takeCodeUnderWay(CodeRecord& record);

}  // namespace pyjion::driver
