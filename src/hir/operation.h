// SPDX-License-Identifier: MIT
// The operations of the instructions Operate, Perform, Spread and ChangeLocal: what CPython's bytecodes do that no pass
// has to understand. One row of operations.def each; the helper of the same name does the work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "hir/type.h"

namespace pyjion::hir {

enum class Operation : uint8_t {
#define OPERATION(name, parameters, effects, result) name,
#include "hir/operations.def"
#undef OPERATION
};

/// The parameters of the operation's helper, as operations.def spells them.
std::string_view parametersOf(Operation operation);

/// The type of its result; Bottom where it has none, or several.
Type resultOf(Operation operation);

/// The first so many operands are borrowed: they stay on the value stack. The others are consumed.
size_t borrowedOperands(Operation operation);

/// Names of the operations, by value.
std::span<const char* const> namesOfOperation();
const char* toString(Operation operation);

}  // namespace pyjion::hir
