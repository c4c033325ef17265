// SPDX-License-Identifier: MIT
// Runs the first iteration of a loop in front of it, where that makes a number of a variable. Input: an innermost loop
// whose header gets an int or another object from in front, and numbers of one kind from all iterations: `total = 0`,
// then `total += x` of floats. Output: a copy of the body that goes on in the loop, whose parameter has one type now.
// Values of the loop that are used behind it meet in new parameters.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "analysis/dominators.h"
#include "analysis/loops.h"
#include "hir/generated/builder.h"
#include "hir/instruction.h"
#include "passes/block_params.h"
#include "passes/edge_state.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/ssa_construction.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::Type;
using hir::ValueId;

namespace {

/// Instructions of a loop, more than which are not worth having twice.
constexpr size_t kMostInstructions = 200;

bool contains(const std::vector<BlockId>& blocks, BlockId block) {
    return std::ranges::find(blocks, block) != blocks.end();
}

/// A copy of a loop's blocks, which goes on in the loop itself.
class FirstIteration {
  public:
    FirstIteration(Function& function, const analysis::Loop& loop, const std::vector<BlockId>& order)
        : function_(function), header_(loop.header) {
        std::copy_if(order.begin(), order.end(), std::back_inserter(blocks_),
                     [&loop](BlockId block) { return contains(loop.blocks, block); });
    }

    /// The loop's blocks, a block in front of those that it dominates.
    const std::vector<BlockId>& blocks() const { return blocks_; }

    void make() {
        const std::vector<Edge> entries = entriesOf();
        for (BlockId block : blocks_) {
            const BlockId made = function_.addBlock();
            copies_[block] = made;
            const std::vector<ValueId> params = function_.blocks[block].params;
            for (ValueId param : params) {
                const hir::Value value = function_.values[param];
                values_[param] = function_.addParam(made, value.type, value.ownership);
            }
        }
        for (BlockId block : blocks_) {
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                copy(copies_.at(block), id);
            }
        }
        for (const Edge& edge : entries) {
            targetOf(function_, edge).block = copies_.at(header_);
        }
    }

    BlockId copyOf(BlockId block) const { return copies_.at(block); }
    ValueId copyOf(ValueId value) const {
        const auto found = values_.find(value);
        return found != values_.end() ? found->second : value;
    }

  private:
    std::vector<Edge> entriesOf() const {
        std::vector<Edge> entries = incomingEdges(function_)[header_.index()];
        std::erase_if(entries, [this](const Edge& edge) { return contains(blocks_, edge.from); });
        return entries;
    }

    void copy(BlockId block, InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        if (instr.opcode == Opcode::Snapshot) {
            copySnapshot(block, instr);
            return;
        }
        hir::Instr made = instr;
        made.block = {};
        made.result = {};
        if (made.snapshot.valid()) {
            made.snapshot = copyOf(made.snapshot);
        }
        std::ranges::transform(made.operands, made.operands.begin(), [this](ValueId value) { return copyOf(value); });
        for (hir::Target& target : made.targets) {
            const auto inside = copies_.find(target.block);
            target.block = target.block == header_ || inside == copies_.end() ? target.block : inside->second;
            std::ranges::transform(target.arguments, target.arguments.begin(),
                                   [this](ValueId value) { return copyOf(value); });
        }
        const InstrId placed = function_.addInstr(std::move(made));
        if (instr.result.valid()) {
            const hir::Value value = function_.values[instr.result];
            values_[instr.result] = function_.addResult(placed, value.type, value.ownership);
        }
        function_.append(block, placed);
    }

    SnapshotId copyOf(SnapshotId snapshot) const {
        const auto found = snapshots_.find(snapshot);
        return found != snapshots_.end() ? found->second : snapshot;
    }

    void copySnapshot(BlockId block, const hir::Instr& instr) {
        hir::Snapshot state = function_.snapshots[instr.snapshot];
        state.owner = {};
        for (std::vector<ValueId>* list : {&state.locals, &state.stack}) {
            for (ValueId& value : *list) {
                value = value.valid() ? copyOf(value) : value;
            }
        }
        state.parent = state.parent.valid() ? copyOf(state.parent) : state.parent;
        hir::Builder builder(function_);
        builder.setBlock(block);
        builder.setBytecode(instr.bytecode);
        snapshots_[instr.snapshot] = builder.snapshot(std::move(state));
    }

    Function& function_;
    BlockId header_;
    std::vector<BlockId> blocks_;
    std::unordered_map<BlockId, BlockId> copies_;
    std::unordered_map<ValueId, ValueId> values_;
    std::unordered_map<SnapshotId, SnapshotId> snapshots_;
};

class LoopPeeling {
  public:
    LoopPeeling(Function& function, PassContext& context)
        : function_(function), context_(context), edges_(incomingEdges(function)) {}

    Changed run() {
        bool changed = false;
        const analysis::Dominators dominators(function_);
        const analysis::Loops loops(function_, dominators);
        std::vector<bool> hasInner(loops.all().size());
        for (const analysis::Loop& loop : loops.all()) {
            if (loop.parent.valid()) {
                hasInner[loop.parent.index()] = true;
            }
        }
        size_t number = 0;
        for (const analysis::Loop& loop : loops.all()) {
            if (!hasInner[number++] && isWorthIt(loop)) {
                changed = peel(loop, dominators.order()) || changed;
            }
        }
        if (!changed) {
            return Changed::kNo;
        }
        removeRedundantParams(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    bool isWorthIt(const analysis::Loop& loop) const {
        size_t size = 0;
        for (BlockId block : loop.blocks) {
            size += function_.blocks[block].instrs.size();
        }
        const std::vector<ValueId>& params = function_.blocks[loop.header].params;
        if (size > kMostInstructions || loop.header == function_.entry) {
            return false;
        }
        for (size_t place = 0; place < params.size(); ++place) {
            if (becomesNumber(loop, place) && isTakenForNumber(loop, params[place])) {
                return true;
            }
        }
        return false;
    }

    /// All iterations give numbers of one kind, and what comes from in front is something else that is known, or may
    /// be. (What is not known there is guarded there.)
    bool becomesNumber(const analysis::Loop& loop, size_t place) const {
        Type given = hir::kBottom;
        Type atFirst = hir::kBottom;
        for (const Edge& edge : edges_[loop.header.index()]) {
            Type& type = contains(loop.blocks, edge.from) ? given : atFirst;
            type = type | function_.values[targetOf(function_, edge).arguments[place]].type;
        }
        const NumberKind* kind = given.isBottom() ? nullptr : numberKindOf(given);
        return kind != nullptr && given == kind->object && atFirst.isSubtypeOf(hir::kPlainData) &&
               !atFirst.isSubtypeOf(given);
    }

    bool isTakenForNumber(const analysis::Loop& loop, ValueId param) const {
        auto takes = [&](InstrId id) {
            const hir::Instr& instr = function_.instrs[id];
            const bool asks = instr.opcode == Opcode::UnboxAsDouble || instr.opcode == Opcode::GuardType ||
                              instr.opcode == Opcode::UnboxInt || instr.opcode == Opcode::UnboxDouble;
            return asks && objectBehind(function_, instr.operands[0]) == param;
        };
        return std::ranges::any_of(
            loop.blocks, [&](BlockId block) { return std::ranges::any_of(function_.blocks[block].instrs, takes); });
    }

    bool peel(const analysis::Loop& loop, const std::vector<BlockId>& order) {
        FirstIteration first(function_, loop, order);
        const std::vector<Escape> escaping = usedBehind(first.blocks());
        const bool canBeJoined = std::ranges::all_of(escaping, [](const Escape& escape) { return escape.canBeJoined; });
        if (!canBeJoined || !context_.fuel.take()) {
            return false;
        }
        first.make();
        splitExits(first);
        edges_ = incomingEdges(function_);
        for (const Escape& escape : escaping) {
            joinBehind(first, escape);
        }
        context_.count("peel_loops.peeled");
        return true;
    }

    /// What is made for values that are used behind the loop is made on the way out.
    void splitExits(const FirstIteration& first) {
        for (BlockId inside : first.blocks()) {
            for (BlockId block : {inside, first.copyOf(inside)}) {
                const InstrId terminator = function_.terminator(block);
                const auto count = static_cast<uint32_t>(function_.instrs[terminator].targets.size());
                for (uint32_t target = 0; count > 1 && target < count; ++target) {
                    const BlockId to = function_.instrs[terminator].targets[target].block;
                    if (!contains(first.blocks(), to) && !isCopy(first, to)) {
                        splitEdge(function_, {block, terminator, target});
                    }
                }
            }
        }
    }

    /// A value of the loop that is used behind it.
    struct Escape {
        ValueId value;
        hir::Ownership ownership;  // of what stands for it there
        bool canBeJoined;
    };

    template <typename Action>
    void forEachUse(InstrId id, Action action) {
        hir::Instr& instr = function_.instrs[id];
        std::ranges::for_each(instr.operands, action);
        for (hir::Target& target : instr.targets) {
            std::ranges::for_each(target.arguments, action);
        }
        if (instr.opcode == Opcode::Snapshot) {
            hir::Snapshot& state = function_.snapshots[instr.snapshot];
            std::ranges::for_each(state.locals, action);
            std::ranges::for_each(state.stack, action);
        }
    }

    std::vector<Escape> usedBehind(const std::vector<BlockId>& blocks) {
        std::vector<ValueId> escaping;
        for (BlockId block : function_.reversePostorder()) {
            if (contains(blocks, block)) {
                continue;
            }
            for (InstrId id : function_.blocks[block].instrs) {
                forEachUse(id, [&](ValueId value) {
                    if (value.valid() && contains(blocks, blockOf(value)) &&
                        std::ranges::find(escaping, value) == escaping.end()) {
                        escaping.push_back(value);
                    }
                });
            }
        }
        std::vector<Escape> escapes;
        std::ranges::transform(escaping, std::back_inserter(escapes),
                               [&](ValueId value) { return escapeOf(value, blocks); });
        return escapes;
    }

    /// What was stored into a local in the loop is behind it what the slot has. A view cannot be joined: the parameter
    /// would not say of what it is one.
    Escape escapeOf(ValueId value, const std::vector<BlockId>& blocks) const {
        const hir::Value& escapes = function_.values[value];
        if (escapes.ownership != hir::Ownership::Owned) {
            const bool isView = escapes.ownership == hir::Ownership::Borrowed && escapes.definition.valid();
            return {value, escapes.ownership, !isView};
        }
        bool inside = false;  // other than for what takes its place in another block
        bool behind = false;
        for (BlockId block : function_.reversePostorder()) {
            for (InstrId id : function_.blocks[block].instrs) {
                const bool isIn = contains(blocks, block);
                inside = inside || (isIn && consumes(id, value));
                behind = behind || (!isIn && (consumes(id, value) || passesOn(id, value)));
            }
        }
        return {value, behind ? hir::Ownership::Owned : hir::Ownership::Borrowed, !(inside && behind)};
    }

    bool consumes(InstrId id, ValueId value) const {
        const hir::Instr& instr = function_.instrs[id];
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (instr.operands[i] == value && hir::consumesOperand(function_, id, i)) {
                return true;
            }
        }
        return false;
    }

    bool passesOn(InstrId id, ValueId value) const {
        const hir::Instr& instr = function_.instrs[id];
        for (const hir::Target& target : instr.targets) {
            const std::vector<ValueId>& params = function_.blocks[target.block].params;
            for (size_t i = 0; i < params.size(); ++i) {
                if (target.arguments[i] == value && function_.values[params[i]].ownership == hir::Ownership::Owned) {
                    return true;
                }
            }
        }
        return false;
    }

    BlockId blockOf(ValueId value) const {
        const hir::Value& found = function_.values[value];
        return found.definition.valid() ? function_.instrs[found.definition].block : found.block;
    }

    /// Behind the loop, what the first iteration gave and what another did are one value.
    void joinBehind(const FirstIteration& first, const Escape& escape) {
        const ValueId value = escape.value;
        SsaVariable variable(function_, edges_, function_.values[value].type, escape.ownership);
        const BlockId home = blockOf(value);
        variable.assignInBlock(home, value);
        variable.assignInBlock(first.copyOf(home), first.copyOf(value));
        for (BlockId block : function_.reversePostorder()) {
            if (contains(first.blocks(), block) || isCopy(first, block)) {
                continue;
            }
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                bool isUsed = false;
                forEachUse(id, [&](ValueId used) { isUsed = isUsed || used == value; });
                if (isUsed) {
                    const ValueId here = variable.atStart(block);
                    forEachUse(id, [&](ValueId& used) { used = used == value ? here : used; });
                }
            }
        }
    }

    static bool isCopy(const FirstIteration& first, BlockId block) {
        return std::ranges::any_of(first.blocks(), [&](BlockId other) { return first.copyOf(other) == block; });
    }

    Function& function_;
    PassContext& context_;
    EdgeTable edges_;
};

}  // namespace

Changed peel_loops(Function& function, PassContext& context) {
    return LoopPeeling(function, context).run();
}

}  // namespace pyjion::passes
