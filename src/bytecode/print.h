// SPDX-License-Identifier: MIT
// Decoded bytecode as text, for dumps and tests.
#pragma once

#include <string>

#include "bytecode/decode.h"

namespace pyjion::bytecode {

/// Blocks with their edges and loops; below each its instructions, one a line: line number, code unit, opcode, argument
/// with its meaning, depth of the value stack, and behind a semicolon what the interpreter has learnt.
std::string print(const Code& code);

/// One instruction's opcode and argument: "LOAD_FAST 1 (x)".
std::string print(const Code& code, const Instruction& instruction);

}  // namespace pyjion::bytecode
