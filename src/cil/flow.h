// SPDX-License-Identifier: MIT
// How many stack entries each instruction takes and leaves, and how deep the evaluation stack is before it. Types are
// not looked at; indices out of range count as nothing, so that broken bodies can be printed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cil/body.h"

namespace pyjion::cil {

struct StackEffect {
    uint32_t pops = 0;
    uint32_t pushes = 0;
};

/// The signature of what `call` and `calli` call; null for other opcodes and for operands out of range.
const Signature* calleeOf(const Body& body, const Instruction& instruction);

/// Entries that the instruction takes and leaves. `ret` takes the result of the method.
StackEffect stackEffect(const Body& body, const Instruction& instruction);

inline constexpr uint32_t kUnbound = UINT32_MAX;

/// For each label the index of the instruction that binds it first, or kUnbound.
std::vector<uint32_t> labelPositions(const Body& body);

/// Basic blocks as a JIT counts them: pieces that control enters only at their start.
uint32_t countBlocks(const Body& body);

/// The labels of a `switch`; none for one whose list does not exist.
std::span<const LabelId> switchTargets(const Body& body, const Instruction& instruction);

/// Calls `visit(LabelId)` for each label that control may go to from the instruction.
template <typename Visit>
void forEachTarget(const Body& body, const Instruction& instruction, Visit visit) {
    switch (info(instruction.opcode).flow) {
        case Flow::Branch:
        case Flow::CondBranch:
            visit(LabelId(static_cast<uint32_t>(instruction.operand)));
            break;
        case Flow::Switch:
            for (LabelId target : switchTargets(body, instruction)) {
                visit(target);
            }
            break;
        case Flow::Next:
        case Flow::Return:
        case Flow::Throw:
        case Flow::Prefix:
        case Flow::Marker:
            break;
    }
}

struct StackDepths {
    static constexpr int32_t kUnreachable = -1;
    std::vector<int32_t> before;  // for each instruction; kUnreachable where control never arrives
    uint32_t max = 0;
    bool underflow = false;  // an instruction takes more than there is
};

/// Depths by following control flow from the entry. Where paths disagree the first one found counts.
StackDepths stackDepths(const Body& body);

}  // namespace pyjion::cil
