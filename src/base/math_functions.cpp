// SPDX-License-Identifier: MIT
#include "base/math_functions.h"

#include <cerrno>
#include <cmath>
#include <limits>

namespace pyjion::base {
namespace {

// Of C's library, as mathmodule.c names them; what that computes by code of its own is left out.
constexpr MathFunction kFunctions[] = {
    {"sqrt", ::sqrt}, {"sin", ::sin},   {"cos", ::cos},   {"tan", ::tan},   {"asin", ::asin}, {"acos", ::acos},
    {"atan", ::atan}, {"sinh", ::sinh}, {"cosh", ::cosh}, {"tanh", ::tanh}, {"exp", ::exp},   {"fabs", ::fabs},
};

}  // namespace

std::span<const MathFunction> mathFunctions() {
    return kFunctions;
}

std::optional<uint32_t> findMathFunction(std::string_view name) {
    for (uint32_t number = 0; number < std::size(kFunctions); ++number) {
        if (name == kFunctions[number].name) {
            return number;
        }
    }
    return std::nullopt;
}

double mathResult(const MathFunction& function, double argument) {
    errno = 0;
    const double result = function.function(argument);
    const bool isFine = errno == 0 && !std::isnan(result) && (std::isfinite(result) || !std::isfinite(argument));
    return isFine ? result : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace pyjion::base
