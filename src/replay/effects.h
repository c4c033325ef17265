// SPDX-License-Identifier: MIT
// How many values an instruction takes from the value stack and puts there, for those whose results a replay gets from
// compiled code.
#pragma once

#include <cstdint>
#include <optional>

#include "bytecode/opcode.h"

namespace pyjion::replay {

struct StackEffect {
    uint32_t popped = 0;
    uint32_t pushed = 0;
    bool inOrder = true;  // compiled code gets the results from the bottom to the top
};

/// Nothing for an instruction that moves control, or that optimised code does not have.
std::optional<StackEffect> stackEffect(bytecode::Opcode base, uint32_t argument);

}  // namespace pyjion::replay
