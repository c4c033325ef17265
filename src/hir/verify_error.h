// SPDX-License-Identifier: MIT
// What verify() (verify.h) and its parts are asked, and a broken rule that they find.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace pyjion::hir
