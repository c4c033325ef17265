// SPDX-License-Identifier: MIT
// The last stages of a compilation: the machine code goes into executable memory, and into the record. With the GIL.
#pragma once

#include <string>

#include "driver/code_record.h"
#include "driver/outcome.h"

namespace pyjion::driver {

/// RyuJIT has done its part of `made`. Throws std::bad_alloc; the record stays as it is unless the code is installed.
Outcome install(CodeRecord& record, CodeUnderWay made);

/// The CIL and the machine code of compiled code.
std::string cilListing(const CompiledCode& code);
std::string nativeListing(const CompiledCode& code);

}  // namespace pyjion::driver
