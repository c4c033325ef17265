// SPDX-License-Identifier: MIT
// Checks that a function in HIR keeps the rules that passes and lowering rely on. Collects all violations instead of
// stopping at the first one. The numbered rules are at the top of verify.cpp; messages cite the number.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hir/function.h"
#include "hir/verify_error.h"

namespace pyjion::hir {

std::vector<VerifyError> verify(const Function& function, Stage stage);

/// The function's text with each error on a line of its own below what it is about:
/// `; error: [6] v3 is used before it is defined`.
std::string printErrors(const Function& function, const std::vector<VerifyError>& errors);

/// How many instructions leave unconditionally: what is behind them is not compiled.
size_t countDeoptimise(const Function& function);

}  // namespace pyjion::hir
