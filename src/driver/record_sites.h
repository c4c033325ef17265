// SPDX-License-Identifier: MIT
// What a record keeps for each instruction that wants it.
#pragma once

#include "bytecode/decode.h"
#include "driver/code_record.h"

namespace pyjion::driver {

/// Makes the sites and loop counters of a record, which everything that is compiled of its code object shares, unless
/// it has them. Throws std::bad_alloc with nothing done.
void prepareRecord(CodeRecord& record, const bytecode::Code& code);

}  // namespace pyjion::driver
