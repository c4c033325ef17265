// SPDX-License-Identifier: MIT
// Returns on each path what the path gives. Input: a block that does nothing but return one of its parameters. Output:
// a return of its own at the end of each block that jumps there. `return n if n < 2 else a + b` returns a number on one
// path, whose object a local has, and a new number on the other; behind the join nobody knows which.
#include <algorithm>
#include <optional>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/block_params.h"
#include "passes/edge_state.h"
#include "passes/pass.h"
#include "passes/unreachable_blocks.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

/// The return of a block that has nothing else, if it is one of a parameter.
std::optional<InstrId> onlyReturn(const Function& function, BlockId block) {
    const hir::Block& joined = function.blocks[block];
    if (joined.instrs.empty() || function.instrs[joined.instrs.back()].opcode != Opcode::Return) {
        return std::nullopt;
    }
    const InstrId id = joined.instrs.back();
    const bool isAlone = std::all_of(joined.instrs.begin(), joined.instrs.end() - 1,
                                     [&](InstrId other) { return function.instrs[other].opcode == Opcode::Snapshot; });
    const ValueId value = hir::Return(function, id).value();
    const bool isParam = std::find(joined.params.begin(), joined.params.end(), value) != joined.params.end();
    const bool hasParent = function.snapshots[function.instrs[id].snapshot].parent.valid();
    return isAlone && isParam && !hasParent ? std::optional(id) : std::nullopt;
}

bool endsInJump(const Function& function, const Edge& edge) {
    return function.instrs[edge.terminator].opcode == Opcode::Jump;
}

/// Turn this: Jump block3(v0)
///            block3(v1: own Object):
///              s0 = Snapshot @9 stack(v1)
///              Return v1, exit s0
/// Into this: s1 = Snapshot @9 stack(v0)
///            Return v0, exit s1
void returnInFront(Function& function, const Edge& edge, InstrId id) {
    const hir::Instr returning = function.instrs[id];
    const hir::Block& block = function.blocks[returning.block];
    const auto param = std::find(block.params.begin(), block.params.end(), returning.operands[0]);
    const ValueId value = targetOf(function, edge).arguments[static_cast<size_t>(param - block.params.begin())];
    hir::Builder builder(function);
    builder.setInsertBefore(edge.terminator);
    builder.setBytecode(returning.bytecode);
    builder.return_(value, copyStateOnEdge(function, builder, edge, returning.snapshot));
    function.remove(edge.terminator);
}

}  // namespace

Changed split_returns(Function& function, PassContext& context) {
    const std::vector<std::vector<Edge>> edges = incomingEdges(function);
    Changed changed = Changed::kNo;
    for (BlockId block : function.reversePostorder()) {
        const std::optional<InstrId> id = onlyReturn(function, block);
        const std::vector<Edge>& into = edges[block.index()];
        const bool isSplit = id && into.size() > 1 && std::all_of(into.begin(), into.end(), [&](const Edge& edge) {
                                 return endsInJump(function, edge) &&
                                        passesAsTheyAre(function, block, targetOf(function, edge).arguments);
                             });
        if (!isSplit || !context.fuel.take()) {
            continue;
        }
        for (const Edge& edge : into) {
            returnInFront(function, edge, *id);
        }
        changed = Changed::kYes;
    }
    if (changed == Changed::kYes) {
        removeUnreachableBlocks(function);
    }
    return changed;
}

}  // namespace pyjion::passes
