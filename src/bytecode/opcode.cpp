// SPDX-License-Identifier: MIT
#include "bytecode/opcode.h"

#include <array>

namespace pyjion::bytecode {
namespace {

// One row of the table. (The macros below cannot say `.name` themselves: it is their parameter.)
constexpr OpcodeInfo renamed(OpcodeInfo row, std::string_view name) {
    row.name = name;
    return row;
}

constexpr std::array<OpcodeInfo, 256> makeTable() {
    std::array<OpcodeInfo, 256> table;
    table.fill(renamed({}, "<unknown>"));
#define OPCODE(name, number, caches, jump, argument) \
    table[number] = {#name, Opcode::name, caches, Jump::jump, Argument::argument, true};
#define SPECIALISED(name, number, base) table[number] = renamed(table[static_cast<size_t>(Opcode::base)], #name);
#define BINARY_OPERATOR(name, number, text)
#define COMPARISON(number, text)
#include "bytecode/opcodes_311.def"
#undef OPCODE
#undef SPECIALISED
#undef BINARY_OPERATOR
#undef COMPARISON
    return table;
}

constexpr std::array<OpcodeInfo, 256> kTable = makeTable();

}  // namespace

const OpcodeInfo& info(Opcode opcode) {
    return kTable[static_cast<uint8_t>(opcode)];
}

std::string_view nameOf(Opcode opcode) {
    return info(opcode).name;
}

std::string_view textOf(BinaryOperator op) {
    switch (op) {
#define OPCODE(name, number, caches, jump, argument)
#define SPECIALISED(name, number, base)
#define BINARY_OPERATOR(name, number, text) \
    case BinaryOperator::name:              \
        return text;
#define COMPARISON(number, text)
#include "bytecode/opcodes_311.def"
#undef OPCODE
#undef SPECIALISED
#undef BINARY_OPERATOR
#undef COMPARISON
    }
    return "?";
}

std::string_view textOf(Comparison op) {
    switch (static_cast<uint8_t>(op)) {
#define OPCODE(name, number, caches, jump, argument)
#define SPECIALISED(name, number, base)
#define BINARY_OPERATOR(name, number, text)
#define COMPARISON(number, text) \
    case number:                 \
        return text;
#include "bytecode/opcodes_311.def"
#undef OPCODE
#undef SPECIALISED
#undef BINARY_OPERATOR
#undef COMPARISON
    }
    return "?";
}

}  // namespace pyjion::bytecode
