// SPDX-License-Identifier: MIT
// Checks that a function in HIR keeps the rules that passes and lowering rely on. Collects all violations instead of
// stopping at the first one. The numbered rules are at the top of verify.cpp; messages cite the number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hir/function.h"

namespace pyjion::hir {

/// How far a function has come: what is made early may be untidy.
enum class Stage : uint8_t { AfterFrontend, Optimised, Lowerable };

struct VerifyError {
    uint32_t rule = 0;
    BlockId block;
    InstrId instr;  // invalid: the block as a whole, below its label
    std::string message;
};

std::vector<VerifyError> verify(const Function& function, Stage stage);

/// The function's text with each error on a line of its own below what it is about:
/// `; error: [6] v3 is used before it is defined`.
std::string printErrors(const Function& function, const std::vector<VerifyError>& errors);

/// How many instructions leave unconditionally: what is behind them is not compiled.
size_t countDeoptimise(const Function& function);

}  // namespace pyjion::hir
