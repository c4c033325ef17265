// SPDX-License-Identifier: MIT
// Every operation on unboxed numbers, as the text of a function that does nothing else, for tests that compare what
// becomes of it with its definition.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/interpret.h"

namespace pyjion::oracle {

struct Operation {
    std::string text;                        // the instruction with {0}, {1}, ... for its operands
    std::vector<std::string_view> operands;  // ints, floats, bools
    std::string_view result;                 // Int64, Double, Bool
};

/// All that there are.
std::vector<Operation> numberOperations();
std::string nameOf(const Operation& operation);

/// A constant instead of an operand that comes from a local, as text.
using Constants = std::vector<std::optional<std::string>>;

/// The operation on locals, or on constants where there are some; its result is boxed and returned, or decides a
/// branch.
std::string textFor(const Operation& operation, const Constants& constants, bool branches);

/// All combinations of the operands' values; those of constants are `-`, since nothing reads them.
std::vector<Entry> entriesFor(const Operation& operation, const Constants& constants);

/// Whether an operand can be this constant: larger ints are never unboxed.
bool canBeConstant(const std::string& value);

}  // namespace pyjion::oracle
