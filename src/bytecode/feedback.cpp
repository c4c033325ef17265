// SPDX-License-Identifier: MIT
#include "bytecode/feedback.h"

#include <array>

#include "python/frame.h"

namespace pyjion::bytecode {

Operands operandsSeen(const Code& code, const Instruction& instruction) {
    switch (static_cast<Opcode>(python::firstInstruction(code.object)[instruction.index] & 0xff)) {
        case Opcode::BINARY_OP_ADD_INT:
        case Opcode::BINARY_OP_SUBTRACT_INT:
        case Opcode::BINARY_OP_MULTIPLY_INT:
        case Opcode::COMPARE_OP_INT_JUMP:
            return Operands::IntInt;
        case Opcode::BINARY_OP_ADD_FLOAT:
        case Opcode::BINARY_OP_SUBTRACT_FLOAT:
        case Opcode::BINARY_OP_MULTIPLY_FLOAT:
        case Opcode::COMPARE_OP_FLOAT_JUMP:
            return Operands::FloatFloat;
        case Opcode::BINARY_OP_ADD_UNICODE:
        case Opcode::BINARY_OP_INPLACE_ADD_UNICODE:
        case Opcode::COMPARE_OP_STR_JUMP:
            return Operands::StrStr;
        default:
            return Operands::Unknown;
    }
}

std::string_view nameOf(Operands operands) {
    constexpr std::array<std::string_view, 4> kNames = {"Unknown", "IntInt", "FloatFloat", "StrStr"};
    return kNames[static_cast<size_t>(operands)];
}

}  // namespace pyjion::bytecode
