// SPDX-License-Identifier: MIT
#include "hir/function.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "hir/generated/opcode.h"

namespace pyjion::hir {

const InlinedCall* Function::inlinedAt(uint32_t unit) const {
    for (const InlinedCall& call : inlined) {
        if (call.contains(unit)) {
            return &call;
        }
    }
    return nullptr;
}

uint32_t Function::ownUnit(uint32_t unit) const {
    while (const InlinedCall* call = inlinedAt(unit)) {
        unit = call->callUnit;
    }
    return unit;
}

BlockId Function::addBlock() {
    return blocks.push({});
}

ValueId Function::addParam(BlockId block, Type type, Ownership ownership) {
    ValueId value = values.push({type, ownership, {}, block});
    blocks[block].params.push_back(value);
    return value;
}

SnapshotId Function::addSnapshot(Snapshot snapshot) {
    return snapshots.push(std::move(snapshot));
}

InstrId Function::addInstr(Instr instr) {
    return instrs.push(std::move(instr));
}

ValueId Function::addResult(InstrId instr, Type type, Ownership ownership) {
    ValueId value = values.push({type, ownership, instr, instrs[instr].block});
    instrs[instr].result = value;
    return value;
}

void Function::append(BlockId block, InstrId instr) {
    instrs[instr].block = block;
    blocks[block].instrs.push_back(instr);
    if (instrs[instr].result.valid()) {
        values[instrs[instr].result].block = block;
    }
}

BlockId Function::splitAt(BlockId block, size_t place) {
    const std::vector<InstrId> moved = std::move(blocks[block].instrs);
    const auto at = moved.begin() + static_cast<ptrdiff_t>(place);
    blocks[block].instrs.assign(moved.begin(), at);
    const BlockId behind = addBlock();
    for (auto id = at + 1; id != moved.end(); ++id) {
        append(behind, *id);
    }
    instrs[*at].block = {};
    return behind;
}

void Function::insertBefore(InstrId position, InstrId instr) {
    BlockId block = instrs[position].block;
    std::vector<InstrId>& list = blocks[block].instrs;
    auto place = std::find(list.begin(), list.end(), position);
    PYJION_CHECK(place != list.end(), "the instruction is in no block");
    list.insert(place, instr);
    instrs[instr].block = block;
    if (instrs[instr].result.valid()) {
        values[instrs[instr].result].block = block;
    }
}

void Function::remove(InstrId instr) {
    Instr& data = instrs[instr];
    PYJION_CHECK(data.block.valid(), "the instruction is in no block");
    std::vector<InstrId>& list = blocks[data.block].instrs;
    auto place = std::find(list.begin(), list.end(), instr);
    PYJION_CHECK(place != list.end(), "the instruction is in no block");
    list.erase(place);
    data.block = {};
    if (data.result.valid()) {
        values[data.result].block = {};
    }
}

void Function::replaceAllUses(ValueId from, ValueId to) {
    auto replace = [&](std::vector<ValueId>& list) { std::replace(list.begin(), list.end(), from, to); };
    for (Block& block : blocks) {
        for (InstrId id : block.instrs) {
            Instr& instr = instrs[id];
            replace(instr.operands);
            for (Target& target : instr.targets) {
                replace(target.arguments);
            }
            if (instr.opcode == Opcode::Snapshot) {
                replace(snapshots[instr.snapshot].locals);
                replace(snapshots[instr.snapshot].stack);
            }
        }
    }
}

std::vector<BlockId> Function::successors(BlockId block) const {
    std::vector<BlockId> result;
    const std::vector<InstrId>& list = blocks[block].instrs;
    if (!list.empty()) {
        for (const Target& target : instrs[list.back()].targets) {
            result.push_back(target.block);
        }
    }
    return result;
}

std::vector<BlockId> Function::reversePostorder() const {
    std::vector<BlockId> order;
    if (!blocks.contains(entry)) {
        return order;
    }
    struct Visit {
        BlockId block;
        std::vector<BlockId> successors;
        size_t next = 0;
    };
    std::vector<bool> seen(blocks.size());
    std::vector<Visit> stack;
    auto enter = [&](BlockId block) {
        seen[block.index()] = true;
        stack.push_back({block, successors(block)});
        // Taken from the end, so that a block's first target comes first in the reversed order.
        std::reverse(stack.back().successors.begin(), stack.back().successors.end());
    };
    enter(entry);
    while (!stack.empty()) {
        Visit& top = stack.back();
        if (top.next == top.successors.size()) {
            order.push_back(top.block);
            stack.pop_back();
            continue;
        }
        BlockId successor = top.successors[top.next++];
        if (blocks.contains(successor) && !seen[successor.index()]) {
            enter(successor);
        }
    }
    std::reverse(order.begin(), order.end());
    return order;
}

std::vector<std::vector<BlockId>> Function::predecessors() const {
    std::vector<std::vector<BlockId>> result(blocks.size());
    for (uint32_t index = 0; index < blocks.size(); ++index) {
        for (BlockId successor : successors(BlockId(index))) {
            if (blocks.contains(successor)) {
                result[successor.index()].push_back(BlockId(index));
            }
        }
    }
    return result;
}

}  // namespace pyjion::hir
