// SPDX-License-Identifier: MIT
#include "cil/flow.h"

#include <algorithm>

namespace pyjion::cil {

const Signature* calleeOf(const Body& body, const Instruction& instruction) {
    auto index = static_cast<uint64_t>(instruction.operand);
    if (instruction.opcode == Opcode::Call && index < body.methods.size()) {
        return &body.methods[index].signature;
    }
    if (instruction.opcode == Opcode::Calli && index < body.signatures.size()) {
        return &body.signatures[index];
    }
    return nullptr;
}

namespace {

uint32_t popCount(const Body& body, const Instruction& instruction) {
    switch (info(instruction.opcode).pops) {
        case Pops::None:
            return 0;
        case Pops::Any:
        case Pops::Argument:
        case Pops::Local:
        case Pops::Address:
        case Pops::Number:
        case Pops::Integer:
        case Pops::Condition:
        case Pops::SwitchValue:
        case Pops::Thrown:
            return 1;
        case Pops::StoreInt32:
        case Pops::StoreInt64:
        case Pops::StoreNative:
        case Pops::StoreDouble:
        case Pops::TwoNumbers:
        case Pops::TwoIntegers:
        case Pops::Compared:
        case Pops::ValueAndCount:
            return 2;
        case Pops::Arguments: {
            const Signature* callee = calleeOf(body, instruction);
            uint32_t address = instruction.opcode == Opcode::Calli ? 1 : 0;
            return callee ? static_cast<uint32_t>(callee->params.size()) + address : address;
        }
        case Pops::ReturnValue:
            return body.signature.result == Type::Void ? 0 : 1;
    }
    return 0;
}

uint32_t pushCount(const Body& body, const Instruction& instruction) {
    switch (info(instruction.opcode).pushes) {
        case Pushes::None:
            return 0;
        case Pushes::Int32:
        case Pushes::Int64:
        case Pushes::NativeInt:
        case Pushes::Double:
        case Pushes::Object:
        case Pushes::Argument:
        case Pushes::Local:
        case Pushes::Same:
        case Pushes::Binary:
            return 1;
        case Pushes::Twice:
            return 2;
        case Pushes::Result: {
            const Signature* callee = calleeOf(body, instruction);
            return callee && callee->result != Type::Void ? 1 : 0;
        }
    }
    return 0;
}

}  // namespace

StackEffect stackEffect(const Body& body, const Instruction& instruction) {
    return {popCount(body, instruction), pushCount(body, instruction)};
}

std::vector<uint32_t> labelPositions(const Body& body) {
    std::vector<uint32_t> positions(body.labelCount, kUnbound);
    for (size_t i = 0; i < body.code.size(); ++i) {
        const Instruction& instruction = body.code[i];
        if (instruction.opcode != Opcode::Label) {
            continue;
        }
        auto label = static_cast<uint64_t>(instruction.operand);
        if (label < positions.size() && positions[label] == kUnbound) {
            positions[label] = static_cast<uint32_t>(i);
        }
    }
    return positions;
}

std::span<const LabelId> switchTargets(const Body& body, const Instruction& instruction) {
    const auto index = static_cast<uint64_t>(instruction.operand);
    return index < body.switches.size() ? std::span<const LabelId>(body.switches[index]) : std::span<const LabelId>();
}

StackDepths stackDepths(const Body& body) {
    const std::vector<uint32_t> labels = labelPositions(body);
    StackDepths result;
    result.before.assign(body.code.size(), StackDepths::kUnreachable);

    struct Start {
        uint32_t instruction;
        int32_t depth;
    };
    std::vector<Start> work = {{0, 0}};
    while (!work.empty()) {
        auto [index, depth] = work.back();
        work.pop_back();
        for (; index < body.code.size() && result.before[index] == StackDepths::kUnreachable; ++index) {
            const Instruction& instruction = body.code[index];
            result.before[index] = depth;
            StackEffect effect = stackEffect(body, instruction);
            result.underflow |= static_cast<int32_t>(effect.pops) > depth;
            depth = std::max(depth - static_cast<int32_t>(effect.pops), 0) + static_cast<int32_t>(effect.pushes);
            result.max = std::max(result.max, static_cast<uint32_t>(depth));
            forEachTarget(body, instruction, [&, after = depth](LabelId target) {
                if (target.index() < labels.size() && labels[target.index()] != kUnbound) {
                    work.push_back({labels[target.index()], after});
                }
            });
            if (!fallsThrough(instruction.opcode)) {
                break;
            }
        }
    }
    return result;
}

uint32_t countBlocks(const Body& body) {
    std::vector<bool> isTarget(body.labelCount);
    for (const Instruction& instruction : body.code) {
        forEachTarget(body, instruction, [&](LabelId label) {
            if (label.index() < isTarget.size()) {
                isTarget[label.index()] = true;
            }
        });
    }
    uint32_t count = 0;
    bool starts = true;  // the next instruction that is encoded begins a block
    for (const Instruction& instruction : body.code) {
        const Flow flow = info(instruction.opcode).flow;
        if (instruction.opcode == Opcode::Label) {
            const auto label = static_cast<size_t>(instruction.operand);
            starts = starts || (label < isTarget.size() && isTarget[label]);
        }
        if (flow == Flow::Marker) {
            continue;
        }
        count += starts ? 1 : 0;
        starts = flow != Flow::Next && flow != Flow::Prefix;
    }
    return count;
}

}  // namespace pyjion::cil
