// SPDX-License-Identifier: MIT
// The opcodes of CPython 3.11 and what is known about each: caches, jumps, meaning of the argument. Everything comes
// from opcodes_311.def, which is generated from the interpreter's own `opcode` module.
#pragma once

#include <cstdint>
#include <string_view>

namespace pyjion::bytecode {

/// All opcodes that can be found in a code object: those that the compiler emits, and those that the interpreter writes
/// over them when it specialises.
enum class Opcode : uint8_t {
#define OPCODE(name, number, caches, jump, argument) name = number,
#define SPECIALISED(name, number, base) name = number,
#define BINARY_OPERATOR(name, number, text)
#define COMPARISON(number, text)
#include "bytecode/opcodes_311.def"
#undef OPCODE
#undef SPECIALISED
#undef BINARY_OPERATOR
#undef COMPARISON
};

enum class Jump : uint8_t { None, Forward, Backward };

/// What the argument of an instruction indexes or counts. ShiftedName: an index of co_names above a flag in bit 0.
enum class Argument : uint8_t {
    None,
    Number,
    Constant,
    Name,
    ShiftedName,
    Local,
    Free,
    Comparison,
    BinaryOperator,
    Target,
};

/// The argument of BINARY_OP.
enum class BinaryOperator : uint8_t {
#define OPCODE(name, number, caches, jump, argument)
#define SPECIALISED(name, number, base)
#define BINARY_OPERATOR(name, number, text) name = number,
#define COMPARISON(number, text)
#include "bytecode/opcodes_311.def"
#undef OPCODE
#undef SPECIALISED
#undef BINARY_OPERATOR
#undef COMPARISON
};

/// The argument of COMPARE_OP; the numbers are those of Py_LT and so on.
enum class Comparison : uint8_t { Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual };

/// One row of the table. For a specialised opcode `base` is what it was made of, the rest is that one's.
struct OpcodeInfo {
    std::string_view name;
    Opcode base = Opcode::CACHE;
    uint8_t caches = 0;
    Jump jump = Jump::None;
    Argument argument = Argument::None;
    bool known = false;
};

const OpcodeInfo& info(Opcode opcode);
std::string_view nameOf(Opcode opcode);
std::string_view textOf(BinaryOperator op);
std::string_view textOf(Comparison op);

/// Whether control never goes on to the next instruction.
constexpr bool endsFlow(Opcode base) {
    switch (base) {
        case Opcode::RETURN_VALUE:
        case Opcode::RAISE_VARARGS:
        case Opcode::RERAISE:
        case Opcode::JUMP_FORWARD:
        case Opcode::JUMP_BACKWARD:
        case Opcode::JUMP_BACKWARD_NO_INTERRUPT:
            return true;
        default:
            return false;
    }
}

/// Whether the frame is given away here, and control goes on behind the instruction when it is entered again.
constexpr bool suspends(Opcode base) {
    return base == Opcode::YIELD_VALUE || base == Opcode::RETURN_GENERATOR;
}

}  // namespace pyjion::bytecode
