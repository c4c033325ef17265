// SPDX-License-Identifier: MIT
// Counts in range iterators that others hold, such as that of a comprehension, which is an argument. Input: loops
// `IterNext; IsNull; Branch` over what was a range iterator where the code was entered, and has stayed an object.
// Output: the iterator is guarded, its count is looked at and moved on in place, and the value is an unboxed int.
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/block_params.h"
#include "passes/iteration_step.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::Type;
using hir::ValueId;

namespace {

class RangeSteps {
  public:
    RangeSteps(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          edges_(incomingEdges(function)),
          users_(analysis::usersOf(function)),
          state_(function),
          map_(function) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                if (function_.instrs[id].opcode != Opcode::IterNext || !step(id)) {
                    state_.pass(id);
                }
            }
        }
        if (map_.empty()) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    bool step(InstrId id) {
        const hir::Instr next = function_.instrs[id];
        const ValueId iterator = next.operands[0];
        const std::optional<IterationStep> step = iterationStepAt(function_, users_, id);
        const SnapshotId exit = state_.before(next);
        std::set<ValueId> asked;
        if (!step || !exit.valid() || edges_[step->body.index()].size() != 1 || !isRange(iterator, asked)) {
            return false;
        }
        const InstrId taken = step->taken;
        if (!taken.valid() || !context_.fuel.take()) {
            return false;
        }
        builder_.setInsertBefore(id);
        builder_.setBytecode(next.bytecode);
        const ValueId range = builder_.guardType(iterator, hir::kRangeIterExact, exit);
        map_.replace(function_.instrs[step->isNull].result, builder_.boolNot(builder_.rangeHasNext(range)));
        builder_.setInsertBefore(function_.blocks[step->body].instrs.front());
        const ValueId value = builder_.advanceRange(range, exit);
        builder_.setInsertBefore(taken);
        map_.replace(function_.instrs[taken].result, builder_.boxInt(value));
        for (InstrId gone : {id, step->isNull, taken}) {
            function_.remove(gone);
        }
        return true;
    }

    /// Whether a value was a range iterator when code was asked for, whichever way it came. `asked`: parameters that
    /// are looked at already.
    bool isRange(ValueId value, std::set<ValueId>& asked) const {
        value = objectBehind(function_, value);
        if (function_.values[value].type == hir::kRangeIterExact) {
            return true;
        }
        const InstrId definition = function_.values[value].definition;
        if (definition.valid()) {
            return seenAtEntry(definition) == hir::kRangeIterExact;
        }
        if (!asked.insert(value).second) {
            return true;
        }
        const BlockId block = function_.values[value].block;
        const std::vector<ValueId>& params = function_.blocks[block].params;
        const size_t place = static_cast<size_t>(std::find(params.begin(), params.end(), value) - params.begin());
        return std::all_of(edges_[block.index()].begin(), edges_[block.index()].end(), [&](const Edge& edge) {
            return isRange(targetOf(function_, edge).arguments[place], asked);
        });
    }

    Type seenAtEntry(InstrId definition) const {
        switch (function_.instrs[definition].opcode) {
            case Opcode::EntryLocal:
                return hir::EntryLocal(function_, definition).seen();
            case Opcode::EntryStack:
                return hir::EntryStack(function_, definition).seen();
            default:
                return hir::kBottom;
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<std::vector<InstrId>> users_;
    BeforeState state_;
    ValueMap map_;
};

}  // namespace

Changed step_ranges(Function& function, PassContext& context) {
    return RangeSteps(function, context).run();
}

}  // namespace pyjion::passes
