// SPDX-License-Identifier: MIT
// The parts of decoding that look at the whole code: basic blocks, dominators, loops, value-stack depths. Each function
// fills in fields of a Code whose instructions are there already; see code.h for what they mean.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "bytecode/code.h"

namespace pyjion::bytecode {

/// Fills `blocks` with their edges, reachability and dominators, and each instruction's `block`. Blocks begin at the
/// `wanted` code units too.
void findBlocks(Code& code, std::span<const int32_t> wanted);

/// Fills `loops`, the blocks' `loop`, and `reducible`. Needs findBlocks().
void findLoops(Code& code);

/// Fills the depths, following exceptional edges too. Returns what is wrong when two ways disagree.
std::optional<std::string> findDepths(Code& code);

}  // namespace pyjion::bytecode
