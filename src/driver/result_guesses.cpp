// SPDX-License-Identifier: MIT
#include "driver/result_guesses.h"

#include <cstdint>
#include <optional>

namespace pyjion::driver {
namespace {

using bytecode::Opcode;

/// The instruction, an ordinal, that pushes the value in `slot` of the value stack for the one at `consumer`: the last
/// one in front of it behind which the stack is just as high. Nothing if it is not in the same basic block.
std::optional<uint32_t> producerOf(const bytecode::Code& code, uint32_t consumer, int32_t slot) {
    const uint32_t first = code.blocks[code.instructions[consumer].block].first;
    for (uint32_t ordinal = consumer; ordinal > first; --ordinal) {
        if (code.instructions[ordinal].depth == slot + 1) {
            return ordinal - 1;
        }
    }
    return std::nullopt;
}

bool hasOperands(Opcode opcode) {
    return opcode == Opcode::BINARY_OP || opcode == Opcode::COMPARE_OP;
}

}  // namespace

void guessResults(const bytecode::Code& code, std::vector<frontend::Seen>& seen) {
    const std::vector<uint32_t> sites = frontend::numberSites(code);
    auto guess = [&](uint32_t consumer, int32_t slot, hir::Type operand) {
        const std::optional<uint32_t> producer = producerOf(code, consumer, slot);
        if (operand != hir::kLongExact || !producer || sites[*producer] == frontend::kNoSite ||
            code.instructions[*producer].opcode != Opcode::CALL) {
            return;
        }
        frontend::Seen& result = seen[sites[*producer]];
        result.left = result.left.isBottom() ? operand : result.left;
    };
    for (uint32_t ordinal = 0; ordinal < code.instructions.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        if (!hasOperands(instruction.opcode) || sites[ordinal] == frontend::kNoSite ||
            instruction.depth == bytecode::kNone) {
            continue;
        }
        const frontend::Seen operands = seen[sites[ordinal]];
        guess(ordinal, instruction.depth - 2, operands.left);
        guess(ordinal, instruction.depth - 1, operands.right);
    }
}

}  // namespace pyjion::driver
