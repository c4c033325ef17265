// SPDX-License-Identifier: MIT
// The parts of decoding that look at the whole code: basic blocks, dominators, loops, value-stack depths. Each function
// fills in fields of a Code whose instructions are there already; see decode.h for what they mean.
#pragma once

#include <optional>
#include <string>

#include "bytecode/decode.h"

namespace pyjion::bytecode {

/// Fills `blocks` with their edges, reachability and dominators, and each instruction's `block`.
void findBlocks(Code& code);

/// Fills `loops`, the blocks' `loop`, and `reducible`. Needs findBlocks().
void findLoops(Code& code);

/// Fills the depths, following exceptional edges too. Returns what is wrong when two ways disagree.
std::optional<std::string> findDepths(Code& code);

}  // namespace pyjion::bytecode
