// SPDX-License-Identifier: MIT
// The text form of HIR. print() and parse() are inverse to each other: printing what was parsed from printed text gives
// the same text. One line per instruction:
//
//   v2: own Object = BinaryOp v0, v1, operator Add, site 0, seenLeft Object, seenRight Object, exit s1 ; 4
//
// result with ownership and type, operands, immediates by name, targets, the exit's snapshot, and behind `;` the code
// unit of the bytecode that it came from. Blocks are in reverse postorder, the entry first, then unreachable ones.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hir/function.h"
#include "hir/generated/opcode.h"

namespace pyjion::hir {

struct PrintOptions {
    /// Snapshots and exits can be hidden for human readers; the text cannot be parsed back then.
    bool snapshots = true;
    bool bytecodes = true;
    /// Text to put on lines of its own below an instruction, or below a block's label; empty for none.
    std::function<std::string(InstrId)> noteBelow;
    std::function<std::string(BlockId)> noteBelowLabel;
};

std::string print(const Function& function, const PrintOptions& options = {});
/// One instruction, without indentation and line end.
std::string printInstr(const Function& function, InstrId id, const PrintOptions& options = {});
std::string printType(Type type, Ownership ownership);
std::string printDouble(double value);

std::string toString(ValueId value);
std::string toString(BlockId block);
std::string toString(SnapshotId snapshot);

}  // namespace pyjion::hir
