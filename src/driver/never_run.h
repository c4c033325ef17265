// SPDX-License-Identifier: MIT
// Optimised code leaves out what the interpreter has never executed: error handling, options that nobody sets. It
// leaves in front of that, and is made again with what has been gone to since when that has happened often.
#pragma once

#include <cstdint>

#include "bytecode/code.h"
#include "driver/code_record.h"

namespace pyjion::driver {

/// Marks the blocks that optimised code of the record, entered at a code unit, shall leave out. None where the
/// interpreter has not run all that has been run, or was wrong about it before.
void leaveOutNeverRun(const CodeRecord& record, bytecode::Code& code, int32_t entryIndex);

/// About the part of the record's code that is not left out then.
double partToCompile(const CodeRecord& record);

/// Optimised code was left in front of what it leaves out. Whether that was not known.
bool notesWay(CodeRecord& record, int32_t index);

}  // namespace pyjion::driver
