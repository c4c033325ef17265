// SPDX-License-Identifier: MIT
// What the interpreter has learnt about one instruction while running it: read from the specialised opcode that it put
// there. Nothing here is a promise; the compiler guards what it uses.
#pragma once

#include <cstdint>
#include <string_view>

#include "bytecode/decode.h"

namespace pyjion::bytecode {

/// Types of the two operands of BINARY_OP and COMPARE_OP.
enum class Operands : uint8_t {
    Unknown,
    IntInt,
    FloatFloat,
    StrStr,
};
std::string_view nameOf(Operands operands);

/// What an instruction of `code` is specialised for now.
Operands operandsSeen(const Code& code, const Instruction& instruction);

}  // namespace pyjion::bytecode
