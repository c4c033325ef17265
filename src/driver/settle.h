// SPDX-License-Identifier: MIT
// The outcome of a compilation, at once or later, and what the policy learns from it.
#pragma once

#include <cstdint>

#include "driver/code_record.h"
#include "driver/outcome.h"

namespace pyjion::driver {

/// What a compilation has come to, or what is to become of it: the record remembers it. `header`: of the loop that it
/// was for, or 0. Moves the refusal out.
void settle(CodeRecord& record, Purpose purpose, int32_t header, Outcome& outcome);

}  // namespace pyjion::driver
