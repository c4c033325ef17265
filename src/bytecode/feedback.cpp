// SPDX-License-Identifier: MIT
#include "bytecode/feedback.h"

#include <array>

#include "python/original_units.h"

namespace pyjion::bytecode {

namespace {

Opcode specialised(const Code& code, const Instruction& instruction) {
    return static_cast<Opcode>(python::originalUnit(code.object, instruction.index) & 0xff);
}

}  // namespace

Operands operandsSeen(const Code& code, const Instruction& instruction) {
    switch (specialised(code, instruction)) {
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

Access accessSeen(const Code& code, const Instruction& instruction) {
    switch (specialised(code, instruction)) {
        case Opcode::LOAD_ATTR_INSTANCE_VALUE:
        case Opcode::STORE_ATTR_INSTANCE_VALUE:
            return Access::Field;
        case Opcode::LOAD_ATTR_WITH_HINT:
        case Opcode::STORE_ATTR_WITH_HINT:
            return Access::FieldOfDict;
        case Opcode::LOAD_ATTR_SLOT:
        case Opcode::STORE_ATTR_SLOT:
            return Access::Member;
        case Opcode::LOAD_METHOD_NO_DICT:
            return Access::Method;
        case Opcode::LOAD_METHOD_WITH_VALUES:
            return Access::MethodOfInstance;
        case Opcode::LOAD_METHOD_WITH_DICT:
            return Access::MethodOfDict;
        case Opcode::BINARY_SUBSCR_LIST_INT:
        case Opcode::STORE_SUBSCR_LIST_INT:
        case Opcode::UNPACK_SEQUENCE_LIST:
            return Access::ListItem;
        case Opcode::BINARY_SUBSCR_TUPLE_INT:
        case Opcode::UNPACK_SEQUENCE_TUPLE:
        case Opcode::UNPACK_SEQUENCE_TWO_TUPLE:
            return Access::TupleItem;
        default:
            return Access::Unknown;
    }
}

std::string_view nameOf(Operands operands) {
    constexpr std::array<std::string_view, 4> kNames = {"Unknown", "IntInt", "FloatFloat", "StrStr"};
    return kNames[static_cast<size_t>(operands)];
}

}  // namespace pyjion::bytecode
