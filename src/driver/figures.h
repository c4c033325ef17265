// SPDX-License-Identifier: MIT
// The counters of the process (statistics.h) as users see them: those of code objects that have died, and of all that
// live.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pyjion::driver {

/// A number, or numbers with names of their own.
struct Figure {
    using Named = std::vector<std::pair<const char*, uint64_t>>;

    const char* name;
    std::variant<uint64_t, double, Named> value;
};

/// All of them, by the names that users see.
std::vector<Figure> figures();

/// Appends them as one line of JSON to the file of the option `stats_file`, if one is set.
void writeStatistics();

}  // namespace pyjion::driver
