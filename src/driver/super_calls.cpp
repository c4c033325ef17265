// SPDX-License-Identifier: MIT
#include "driver/super_calls.h"

namespace pyjion::driver {

using bytecode::Opcode;

std::optional<SuperCall> superCallAt(const bytecode::Code& code, size_t ordinal) {
    auto opcodeAt = [&](size_t back) {
        return back <= ordinal ? code.instructions[ordinal - back].opcode : Opcode::NOP;
    };
    if (ordinal >= code.instructions.size() || opcodeAt(0) != Opcode::LOAD_METHOD || opcodeAt(1) != Opcode::CALL ||
        opcodeAt(2) != Opcode::PRECALL) {
        return std::nullopt;
    }
    const uint32_t arguments = code.instructions[ordinal - 1].argument;
    if (arguments == 0 && opcodeAt(3) == Opcode::LOAD_GLOBAL) {
        return SuperCall{0, ordinal - 3, ordinal - 1};
    }
    if (arguments == 2 && opcodeAt(3) == Opcode::LOAD_FAST && opcodeAt(5) == Opcode::LOAD_GLOBAL) {
        return SuperCall{code.instructions[ordinal - 3].argument, ordinal - 5, ordinal - 1};
    }
    return std::nullopt;
}

}  // namespace pyjion::driver
