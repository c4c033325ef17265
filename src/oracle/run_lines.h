// SPDX-License-Identifier: MIT
// What a test file says about running its function, in comments:
//
//   ; run: (2^62-1, 1) == exit IntTooBig @4 (4611686018427387903, 1)
//   ; run: (5, 2.5; range(0, 1, 3)) == return 7.5 | exit TypeChanged @2 (5, 2.5; range(0, 1, 3))
//   ; sweep: ints floats
//
// The values behind `run:` are the frame's locals and, behind a semicolon, its value stack. What the function as it
// stands ends with follows; behind a bar, what the thing that is tested may end with instead: a guess that failed. A
// sweep runs all combinations of values around which something changes, one class of values for each local.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hir/function.h"
#include "oracle/interpret.h"

namespace pyjion::oracle {

struct RunLine {
    Entry entry;
    std::string text;  // of the entry, for messages
    std::string expected;
    std::optional<std::string> instead;
    bool swept = false;  // nothing is expected but what interpret() says
};

struct RunLines {
    std::vector<RunLine> runs;
    std::string problem;  // why a line cannot be read
};

RunLines readRunLines(std::string_view text);
/// `(1, 2; 3)`
std::optional<Entry> parseEntry(std::string_view text);

/// The values of a class of a sweep, as text: ints, floats, bools, numbers (some of each). Empty when there is no such.
const std::vector<std::string>& valuesAround(std::string_view name);

struct Comparison {
    std::string difference;  // why the two do not mean the same; empty when they do
    bool modelled = true;    // else nothing can be said; in sweeps only
};

/// Whether `after`, which passes made of `before`, means the same in this run. It may leave before an instruction, in a
/// frame that `before` has there too, and if the line says so.
Comparison compareRuns(const hir::Function& before, const hir::Function& after, const Code& code, const RunLine& line);

}  // namespace pyjion::oracle
