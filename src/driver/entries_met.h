// SPDX-License-Identifier: MIT
// What optimised code is entered with: it is compiled for the types in the frame that asked for it, and guards stand
// where it is entered, in front of all that uses these types. Another call may have others.
#pragma once

#include "deopt/metadata.h"
#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Code was left where it is entered. Whether something has been learnt that code which is made again can do without: a
/// local of another type, or a stack. `frame`: as it is at the exit.
bool notesEntry(CodeRecord& record, const CompiledCode& code, const deopt::Exit& exit, python::Frame* frame);

}  // namespace pyjion::driver
