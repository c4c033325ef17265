// SPDX-License-Identifier: MIT
// Objects at hand when code is compiled: what subscripts and operators will be applied to, before they have been run by
// anything that tells.
#pragma once

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Sites that have seen nothing yet, of subscripts and operators that are applied to a local of the frame, have seen
/// what it holds now: an object that holds numbers (python/elements.h), or one whose class defines the operator.
void noteOperands(CodeRecord& record, const bytecode::Code& code, python::Frame* frame);

}  // namespace pyjion::driver
