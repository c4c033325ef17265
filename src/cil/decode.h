// SPDX-License-Identifier: MIT
// IL bytes -> instructions, so that listings and tests show what RyuJIT really gets. Knows the opcodes of opcodes.def
// only; tokens and pool keys stay numbers (encode.h turns them into ids).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cil/opcode.h"

namespace pyjion::cil {

struct DecodedInstruction {
    uint32_t offset = 0;
    uint32_t size = 0;
    Opcode opcode = Opcode::Nop;
    int64_t operand = 0;            // of branches the IL offset of the target; of call and calli the token
    std::vector<uint32_t> targets;  // of switch, IL offsets
};

struct DecodeError {
    uint32_t offset = 0;  // of the instruction
    std::string message;
};

/// All instructions in order. Targets must be inside the method; they may point into an instruction.
base::Result<std::vector<DecodedInstruction>, DecodeError> decode(std::span<const uint8_t> il);

}  // namespace pyjion::cil
