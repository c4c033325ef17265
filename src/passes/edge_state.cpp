// SPDX-License-Identifier: MIT
#include "passes/edge_state.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "hir/instruction.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// The exits of some instructions have consumed what the block gets: behind a loop, the iterator is released first.
bool listsOwnedParams(const Function& function, BlockId block, const hir::Snapshot& state) {
    return std::ranges::all_of(function.blocks[block].params, [&](ValueId param) {
        return function.values[param].ownership != hir::Ownership::Owned ||
               std::ranges::find(state.stack, param) != state.stack.end();
    });
}

}  // namespace

SnapshotId stateAtStart(const Function& function, BlockId block) {
    for (InstrId id : function.blocks[block].instrs) {
        const hir::Instr& instr = function.instrs[id];
        if (instr.opcode == hir::Opcode::Snapshot) {
            const hir::Snapshot& state = function.snapshots[instr.snapshot];
            const bool isOfStart = !state.parent.valid() && listsOwnedParams(function, block, state);
            return isOfStart ? instr.snapshot : SnapshotId();
        }
        if (!hir::info(instr.opcode).sinkable) {
            return {};
        }
    }
    return {};
}

namespace {

/// A value of the target's first snapshot, in front of the target. An object that several slots name is made once.
ValueId valueOnEdge(Function& function, hir::Builder& builder, const Edge& edge, ValueId value,
                    std::unordered_map<ValueId, ValueId>& copies) {
    BlockId block = targetOf(function, edge).block;
    const std::vector<ValueId>& params = function.blocks[block].params;
    auto param = std::find(params.begin(), params.end(), value);
    if (param != params.end()) {
        return targetOf(function, edge).arguments[static_cast<size_t>(param - params.begin())];
    }
    InstrId definition = function.values[value].definition;
    if (!definition.valid() || function.instrs[definition].block != block) {
        return value;
    }
    if (auto copy = copies.find(value); copy != copies.end()) {
        return copy->second;
    }
    hir::Instr instr = function.instrs[definition];
    for (ValueId& operand : instr.operands) {
        operand = valueOnEdge(function, builder, edge, operand, copies);
    }
    ValueId copy = builder.emit(instr.opcode, instr.operands, instr.immediates);
    copies.emplace(value, copy);
    return copy;
}

}  // namespace

SnapshotId copyStateOnEdge(Function& function, hir::Builder& builder, const Edge& edge, SnapshotId snapshot) {
    hir::Snapshot state = function.snapshots[snapshot];
    std::unordered_map<ValueId, ValueId> copies;
    for (std::vector<ValueId>* list : {&state.locals, &state.stack}) {
        for (ValueId& value : *list) {
            value = value.valid() ? valueOnEdge(function, builder, edge, value, copies) : value;
        }
    }
    return builder.snapshot(std::move(state));
}

SnapshotId makeStateOnEdge(Function& function, hir::Builder& builder, const Edge& edge) {
    SnapshotId start = stateAtStart(function, targetOf(function, edge).block);
    PYJION_CHECK(start.valid(), "block{} does not start with a snapshot", targetOf(function, edge).block.index());
    return copyStateOnEdge(function, builder, edge, start);
}

Edge splitEdge(Function& function, const Edge& edge) {
    BlockId block = function.addBlock();
    hir::Target& target = targetOf(function, edge);
    hir::Target taken = target;
    target.block = block;
    target.arguments.clear();
    hir::Builder builder(function);
    builder.setBlock(block);
    builder.setBytecode(function.instrs[edge.terminator].bytecode);
    builder.jump(taken.block, std::move(taken.arguments));
    return {block, builder.last(), 0};
}

}  // namespace pyjion::passes
