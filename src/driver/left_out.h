// SPDX-License-Identifier: MIT
// What the options `include`, `exclude` and `function_filter` leave out.
#pragma once

#include "driver/code_record.h"

namespace pyjion::driver {

/// Why one of these options leaves the code out; null when none does.
const char* leftOutByOptions(const CodeRecord& record);

}  // namespace pyjion::driver
