// SPDX-License-Identifier: MIT
// Functions of Python's module `math` that are functions of C's library from a double to a double, behind which
// math_1() of Modules/mathmodule.c looks for errors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pyjion::base {

struct MathFunction {
    const char* name;
    double (*function)(double);
};

/// By the immediate of CheckedMath.
std::span<const MathFunction> mathFunctions();

/// Nothing when there is none of this name.
std::optional<uint32_t> findMathFunction(std::string_view name);

/// A result that math_1() gives without a look at errors: a number, for an argument that is one, and finite for one
/// that is. NaN where there is none.
double mathResult(const MathFunction& function, double argument);

}  // namespace pyjion::base
