// SPDX-License-Identifier: MIT
#include "passes/unbox_phis_invariants.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "analysis/dominators.h"
#include "analysis/loops.h"
#include "hir/generated/builder.h"
#include "passes/block_params.h"
#include "passes/edge_state.h"
#include "passes/number_source.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using analysis::LoopId;
using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

class InvariantUnboxing {
  public:
    InvariantUnboxing(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          dominators_(function),
          loops_(function, dominators_),
          edges_(incomingEdges(function)),
          map_(function) {}

    bool run() {
        for (BlockId block : dominators_.order()) {
            if (!loops_.innermost(block).valid()) {
                continue;
            }
            std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                visit(id);
            }
        }
        map_.apply(function_);
        return !map_.empty();
    }

  private:
    void visit(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        const NumberKind* kind = instr.result.valid() ? numberKindOf(function_.values[instr.result].type) : nullptr;
        if (kind == nullptr || kind->unbox != instr.opcode ||
            numberSource(function_, context_.facts, instr.operands[0]).known()) {
            return;
        }
        auto [loop, object] = invariantBehind(instr.operands[0], instr.block);
        if (!loop.valid() || !isInEveryIteration(instr.block)) {
            return;
        }
        ValueId result = instr.result;
        ValueId number = numberInFrontOf(loop, object, *kind);
        if (number.valid()) {
            map_.replace(result, number);
        }
    }

    /// What only some iterations do must not keep the others from running.
    bool isInEveryIteration(BlockId block) const {
        const std::vector<BlockId>& latches = loops_.all()[loops_.innermost(block)].latches;
        return std::all_of(latches.begin(), latches.end(),
                           [&](BlockId latch) { return dominators_.dominates(block, latch); });
    }

    /// The outermost loop around a use that does not make the object, and the value that stands for it in front of the
    /// loop: the first one of the copies and views behind the use that is not made in the loop. It is used in the loop,
    /// so that it is alive in front of it.
    std::pair<LoopId, ValueId> invariantBehind(ValueId value, BlockId use) const {
        std::pair<LoopId, ValueId> found;
        for (LoopId loop = loops_.innermost(use); loop.valid(); loop = loops_.all()[loop].parent) {
            while (loops_.contains(loop, function_.values[value].block)) {
                ValueId behind = objectCopiedBy(function_, value);
                if (behind == value) {
                    return found;
                }
                value = behind;
            }
            found = {loop, value};
        }
        return found;
    }

    /// A number that was read in front of a loop.
    struct Hoisted {
        BlockId header;
        ValueId number;
    };

    /// Invalid when there are several ways into the loop, or no state to leave in.
    ValueId numberInFrontOf(LoopId loop, ValueId object, const NumberKind& kind) {
        const BlockId header = loops_.all()[loop].header;
        std::vector<Hoisted>& hoisted = numbers_[{object, kind.unboxed.bits()}];
        for (const Hoisted& known : hoisted) {
            // In front of another loop, it is only there when the way to this one leads through that.
            if (dominators_.dominates(known.header, header)) {
                return known.number;
            }
        }
        Edge* entry = entryOf(loop);
        if (entry == nullptr || !stateAtStart(function_, header).valid() || !context_.fuel.take()) {
            return {};
        }
        if (function_.instrs[entry->terminator].targets.size() > 1) {
            *entry = splitEdge(function_, *entry);
        }
        builder_.setInsertBefore(entry->terminator);
        builder_.setBytecode(function_.instrs[entry->terminator].bytecode);
        SnapshotId& exit = exits_[loop];
        if (!exit.valid()) {
            exit = makeStateOnEdge(function_, builder_, *entry);
        }
        ValueId guarded = object;
        if (function_.values[guarded].type.mayBe(hir::kNull)) {
            guarded = builder_.guardBound(guarded, exit);
        }
        if (!function_.values[guarded].type.isSubtypeOf(kind.object)) {
            guarded = builder_.guardType(guarded, kind.object, exit);
        }
        bool canLeave = kind.unbox == Opcode::UnboxInt;
        ValueId number = builder_.emit(kind.unbox, {guarded}, {}, canLeave ? exit : SnapshotId());
        hoisted.push_back({header, number});
        return number;
    }

    /// The only edge from outside of the loop.
    Edge* entryOf(LoopId loop) {
        Edge* found = nullptr;
        for (Edge& edge : edges_[loops_.all()[loop].header.index()]) {
            // A block that was put on the entry edge before is in no loop of the analysis.
            bool isNew = edge.from.index() >= dominatedBlocks_;
            if (isNew || !loops_.contains(loop, edge.from)) {
                if (found != nullptr) {
                    return nullptr;
                }
                found = &edge;
            }
        }
        return found;
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    analysis::Dominators dominators_;
    analysis::Loops loops_;
    EdgeTable edges_;
    ValueMap map_;
    size_t dominatedBlocks_ = edges_.size();
    std::map<LoopId, SnapshotId> exits_;                                    // on the entry edges
    std::map<std::pair<ValueId, uint32_t>, std::vector<Hoisted>> numbers_;  // by object and kind
};

}  // namespace

bool unboxLoopInvariants(Function& function, PassContext& context) {
    return InvariantUnboxing(function, context).run();
}

}  // namespace pyjion::passes
