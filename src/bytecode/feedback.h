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

/// Where a LOAD_ATTR, STORE_ATTR, LOAD_METHOD, subscript or UNPACK_SEQUENCE has found what it is for.
enum class Access : uint8_t {
    Unknown,
    Field,             // attribute: in the values that an instance has in place of a dict
    FieldOfDict,       // attribute: in the dict of an instance
    Member,            // attribute: in the object itself, of `__slots__`
    Method,            // in the class, whose instances have no attributes of their own
    MethodOfInstance,  // in the class, whose instances share other names
    MethodOfDict,      // in the class, whose instances have dicts
    ListItem,          // in a list, by an int
    TupleItem,         // in a tuple, by an int
};

/// What an instruction of `code` is specialised for now. For attributes, its inline cache (python/inline_caches.h) has
/// the rest.
Access accessSeen(const Code& code, const Instruction& instruction);

}  // namespace pyjion::bytecode
