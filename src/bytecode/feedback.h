// SPDX-License-Identifier: MIT
// What the interpreter has learnt about one instruction while running it: read from the specialised opcode that it put
// there and from the inline caches behind it. Nothing here is a promise; the compiler guards what it uses.
#pragma once

#include <Python.h>

#include <cstdint>
#include <string_view>

#include "bytecode/decode.h"

namespace pyjion::bytecode {

/// Types of the operands, in the order in which they were pushed.
enum class Operands : uint8_t {
    Unknown,      // not specialised, or not yet
    Mixed,        // the interpreter looked, and no specialised form fitted
    IntInt,       // BINARY_OP, COMPARE_OP
    FloatFloat,   // BINARY_OP, COMPARE_OP
    StrStr,       // BINARY_OP, COMPARE_OP
    ListInt,      // BINARY_SUBSCR, STORE_SUBSCR
    TupleInt,     // BINARY_SUBSCR
    DictAny,      // BINARY_SUBSCR, STORE_SUBSCR
    WithGetItem,  // BINARY_SUBSCR: a class with a Python __getitem__
    TwoTuple,     // UNPACK_SEQUENCE: a tuple of two
    Tuple,        // UNPACK_SEQUENCE
    List,         // UNPACK_SEQUENCE
};
std::string_view nameOf(Operands operands);

/// Where an attribute, method or global was found.
enum class Place : uint8_t {
    Unknown,
    InstanceValue,   // in the values kept in the object's prefix, at `index`
    InstanceHint,    // in the instance's dict, at the entry `index`
    Slot,            // at `index` bytes into the object
    Module,          // in a module's dict with keys version `keysVersion`, at the entry `index`
    Class,           // LOAD_METHOD on a class: `descriptor`
    TypeNoDict,      // LOAD_METHOD: `descriptor` of the type, the instances have no dict
    TypeWithDict,    // LOAD_METHOD: `descriptor` of the type, dict with keys version `keysVersion`
    TypeWithValues,  // LOAD_METHOD: `descriptor` of the type, shared keys with version `keysVersion`
    Globals,         // LOAD_GLOBAL: in the globals with keys version `keysVersion`, at the entry `index`
    Builtins,        // LOAD_GLOBAL: in the builtins with `builtinsVersion`, at `index`; the globals have `keysVersion`
};
std::string_view nameOf(Place place);

struct Feedback {
    Operands operands = Operands::Unknown;
    Place place = Place::Unknown;
    uint32_t typeVersion = 0;
    uint32_t keysVersion = 0;
    uint16_t builtinsVersion = 0;
    uint16_t index = 0;
    PyObject* descriptor = nullptr;  // borrowed from the type with `typeVersion`, valid only while that has it
};

/// Feedback for an instruction of `code`, from what its caches hold now.
Feedback readFeedback(const Code& code, const Instruction& instruction);

}  // namespace pyjion::bytecode
