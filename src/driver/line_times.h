// SPDX-License-Identifier: MIT
// Which lines of the source take the processor's time, for reports (option `observe`). A timer on the processor time of
// the process interrupts the thread that uses it: where that was is noted in the signal's handler, to the instruction
// of compiled code, and looked up later.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace pyjion::driver {

enum class RunsIn : uint8_t { Interpreter, Quick, Full };

/// Seconds in each, of one line.
using LineTime = std::array<double, 3>;

/// By file and line.
using LineTimes = std::map<std::string, std::map<int32_t, LineTime>>;

/// Starts or stops, as the options say. Needs the GIL.
void updateLineTimes();

/// The interpreter ends.
void endLineTimes();

/// Looks up what was noted, as often as there is occasion: there is room for a second of it. Needs the GIL.
void readLineTimes();

/// What has been measured so far, and the seconds outside of Python functions that are known. Needs the GIL. Throws
/// std::bad_alloc.
const LineTimes& lineTimes(double& elsewhere);

}  // namespace pyjion::driver
