// SPDX-License-Identifier: MIT
// Optimised code for handlers of exceptions. An exception that a function handles itself leaves its optimised code,
// and the frame stands at the handler: what runs from there on has code of its own, which is among the record's loops.
#pragma once

#include <cstdint>

#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// The code for the frame, which stands at this handler after an exception in `left`. Null: there is none, but it may
/// have been asked for. Throws std::bad_alloc.
const CompiledCode* handlerCode(CodeRecord& record, const CompiledCode& left, int32_t unit, python::Frame* frame);

}  // namespace pyjion::driver
