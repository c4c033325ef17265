// SPDX-License-Identifier: MIT
// The last stages of a compilation: the machine code goes into executable memory, and into the record. With the GIL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "driver/code_record.h"
#include "driver/outcome.h"

namespace pyjion::driver {

/// RyuJIT has done its part of `made`. Throws std::bad_alloc; the record stays as it is unless the code is installed.
Outcome install(CodeRecord& record, CodeUnderWay made);

/// RyuJIT has done its part of `made`, which nobody will enter: to look at. Null when the code cannot be compiled.
std::unique_ptr<CompiledCode> placeToShow(CodeRecord& record, CodeUnderWay made);

/// What the comments between the instructions say about where these came from: `line 7`, where that changes, or
/// `@12 line 7`, at each instruction of the bytecode, by its code unit.
enum class Positions : uint8_t { Lines, Instructions };

/// The CIL and the machine code of compiled code.
std::string cilListing(const CompiledCode& code, Positions positions = Positions::Lines);
std::string nativeListing(const CompiledCode& code, Positions positions = Positions::Lines);

}  // namespace pyjion::driver
