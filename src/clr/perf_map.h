// SPDX-License-Identifier: MIT
// Writes /tmp/perf-PID.map, from which `perf report` takes the names of compiled functions, when enabled.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pyjion::clr {

/// Opens the file of this process; the error says why it cannot be used. A forked child opens its own at its first
/// function.
base::Result<bool, std::string> enablePerfMap();
void disablePerfMap();
bool isPerfMapEnabled();

/// Adds a line for a function, if enabled.
void addToPerfMap(const void* code, size_t size, std::string_view symbol);

}  // namespace pyjion::clr
