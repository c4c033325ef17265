// SPDX-License-Identifier: MIT
// What exits teach about numbers: floats that were expected alone come with ints among them, which optimised code can
// convert.
#pragma once

#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// A value had another type than the instruction at code unit `index` expected, at which the frame stands with its
/// operands; or a local had another one than the code that is entered there expected. Whether that is an int or a float
/// which is expected now, by the instruction or by those that use the local. Where code was made again before, ints are
/// expected at all other places of the code, too, that have met floats alone.
bool notesNumbers(CodeRecord& record, int32_t index, python::Frame* frame);

}  // namespace pyjion::driver
