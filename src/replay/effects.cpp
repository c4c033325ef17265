// SPDX-License-Identifier: MIT
#include "replay/effects.h"

#include <bit>

namespace pyjion::replay {

using bytecode::Opcode;

namespace {

struct Row {
    Opcode opcode;
    StackEffect effect;
};

constexpr Row kRows[] = {
    {Opcode::LOAD_ATTR, {1, 1}},
    {Opcode::STORE_ATTR, {2, 0}},
    {Opcode::DELETE_ATTR, {1, 0}},
    {Opcode::LOAD_METHOD, {1, 2}},
    {Opcode::BINARY_SUBSCR, {2, 1}},
    {Opcode::STORE_SUBSCR, {3, 0}},
    {Opcode::DELETE_SUBSCR, {2, 0}},
    {Opcode::CONTAINS_OP, {2, 1}},
    {Opcode::LIST_TO_TUPLE, {1, 1}},
    {Opcode::LIST_APPEND, {1, 0}},
    {Opcode::LIST_EXTEND, {1, 0}},
    {Opcode::SET_ADD, {1, 0}},
    {Opcode::SET_UPDATE, {1, 0}},
    {Opcode::MAP_ADD, {2, 0}},
    {Opcode::DICT_UPDATE, {1, 0}},
    {Opcode::DICT_MERGE, {1, 0}},
    {Opcode::DELETE_GLOBAL, {0, 0}},
    {Opcode::DELETE_NAME, {0, 0}},
    {Opcode::LOAD_BUILD_CLASS, {0, 1}},
    {Opcode::SETUP_ANNOTATIONS, {0, 0}},
    {Opcode::PRINT_EXPR, {1, 0}},
    {Opcode::LOAD_DEREF, {0, 1}},
    {Opcode::LOAD_CLASSDEREF, {0, 1}},
    {Opcode::STORE_DEREF, {1, 0}},
    {Opcode::DELETE_DEREF, {0, 0}},
    {Opcode::IMPORT_NAME, {2, 1}},
    {Opcode::IMPORT_FROM, {0, 1}},
    {Opcode::IMPORT_STAR, {1, 0}},
    {Opcode::GET_LEN, {0, 1}},
    {Opcode::MATCH_MAPPING, {0, 1}},
    {Opcode::MATCH_SEQUENCE, {0, 1}},
    {Opcode::MATCH_KEYS, {0, 1}},
    {Opcode::MATCH_CLASS, {3, 1}},
    {Opcode::POP_EXCEPT, {1, 0}},
    {Opcode::CHECK_EXC_MATCH, {1, 1}},
    {Opcode::CHECK_EG_MATCH, {2, 2, false}},
    {Opcode::PREP_RERAISE_STAR, {2, 1}},
    {Opcode::LOAD_ASSERTION_ERROR, {0, 1}},
    {Opcode::BEFORE_WITH, {1, 2, false}},
    {Opcode::WITH_EXCEPT_START, {0, 1}},
};

}  // namespace

std::optional<StackEffect> stackEffect(Opcode base, uint32_t argument) {
    switch (base) {
        case Opcode::BUILD_TUPLE:
        case Opcode::BUILD_LIST:
        case Opcode::BUILD_SET:
        case Opcode::BUILD_STRING:
        case Opcode::BUILD_SLICE:
            return StackEffect{argument, 1};
        case Opcode::BUILD_MAP:
            return StackEffect{2 * argument, 1};
        case Opcode::BUILD_CONST_KEY_MAP:
            return StackEffect{argument + 1, 1};
        case Opcode::FORMAT_VALUE:
            return StackEffect{(argument & 4) != 0 ? 2u : 1u, 1};
        case Opcode::MAKE_FUNCTION:
            return StackEffect{static_cast<uint32_t>(std::popcount(argument & 15)) + 1, 1};
        case Opcode::CALL_FUNCTION_EX:
            return StackEffect{3 + (argument & 1), 1};
        case Opcode::UNPACK_SEQUENCE:
            return StackEffect{1, argument};
        case Opcode::UNPACK_EX:
            return StackEffect{1, (argument & 0xff) + 1 + (argument >> 8)};
        default:
            break;
    }
    for (const Row& row : kRows) {
        if (row.opcode == base) {
            return row.effect;
        }
    }
    return std::nullopt;
}

}  // namespace pyjion::replay
