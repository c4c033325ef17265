// SPDX-License-Identifier: MIT
// Containers at hand when code is compiled: what subscripts will be applied to, before they have been run by anything
// that tells.
#pragma once

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Subscripts whose sites have seen nothing yet, and that are applied to a local of the frame, have seen what it holds
/// now, if that is an object that holds numbers (python/elements.h).
void noteContainers(CodeRecord& record, const bytecode::Code& code, python::Frame* frame);

}  // namespace pyjion::driver
