// SPDX-License-Identifier: MIT
// What exits teach about the classes of objects: optimised code expects those that its sites have met, and is left with
// others.
#pragma once

#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// An attribute was not found as expected by the instruction at code unit `index`, at which the frame stands with its
/// operands. Whether the object is of a class that was not expected there, and is now.
bool notesClass(CodeRecord& record, int32_t index, python::Frame* frame);

}  // namespace pyjion::driver
