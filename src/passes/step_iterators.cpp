// SPDX-License-Identifier: MIT
// Counts in iterators over lists and tuples, also in those of enumerate() and zip(). Input: loops
// `IterNext; IsNull; Branch` over what was such an iterator before. Output: the iterator is guarded, looked at and
// moved on in place. The tuples of enumerate() and zip() are not made where the loop takes them apart at once. The end
// is left to the iterator itself.
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/block_params.h"
#include "passes/edge_state.h"
#include "passes/iteration_step.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using base::IteratorKind;
using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// UNPACK_SEQUENCE of what a step has given.
struct Unpacking {
    InstrId spread;
    InstrId first;   // TakeStack of the first item,
    InstrId second;  // and of the second
};

class IteratorSteps {
  public:
    IteratorSteps(Function& function, PassContext& context)
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
        const uint32_t site = hir::IterNext(function_, id).site();
        const ValueId iterator = next.operands[0];
        const std::optional<IterationStep> step = iterationStepAt(function_, users_, id);
        const SnapshotId exit = state_.before(next);
        if (!step || !exit.valid() || edges_[step->body.index()].size() != 1 ||
            context_.facts.otherIterators.contains(site)) {
            return false;
        }
        std::set<ValueId> asked;
        const IteratorKind kind = kindOf(iterator, asked);
        const InstrId taken = step->taken;
        if (!isCounted(kind) || !taken.valid()) {
            return false;
        }
        const bool isPair = kind != IteratorKind::Sequence;
        const std::optional<Unpacking> unpacking =
            isPair && !context_.facts.makesPairs ? unpackingOf(taken) : std::nullopt;
        if ((isPair && !unpacking) || !context_.fuel.take()) {
            return false;
        }
        const auto number = static_cast<uint32_t>(kind);
        builder_.setInsertBefore(id);
        builder_.setBytecode(next.bytecode);
        builder_.guardIterator(iterator, number, exit);
        map_.replace(function_.instrs[step->isNull].result,
                     builder_.boolNot(builder_.iteratorHasNext(iterator, number)));
        end({function_.instrs[id].block, step->branch, 0}, iterator, site, next);
        builder_.setInsertBefore(function_.blocks[step->body].instrs.front());
        builder_.setBytecode(next.bytecode);
        if (unpacking) {
            takePair(taken, *unpacking, iterator, kind, exit);
        } else {
            map_.replace(function_.instrs[taken].result, builder_.advanceIterator(iterator, number, 0));
        }
        for (InstrId gone : {id, step->isNull, taken}) {
            function_.remove(gone);
        }
        return true;
    }

    /// What the iterator does at its end, on the way out of the loop.
    void end(Edge edge, ValueId iterator, uint32_t site, const hir::Instr& next) {
        edge = splitEdge(function_, edge);
        builder_.setInsertBefore(edge.terminator);
        builder_.setBytecode(next.bytecode);
        const SnapshotId raised = builder_.snapshot(hir::Snapshot(function_.snapshots[next.snapshot]));
        builder_.releaseQuietly(builder_.iterEnd(iterator, site, raised));
    }

    void takePair(InstrId taken, const Unpacking& unpacking, ValueId iterator, IteratorKind kind, SnapshotId exit) {
        const auto number = static_cast<uint32_t>(kind);
        const bool isCountedPair = kind == IteratorKind::Enumerated;
        const ValueId first = isCountedPair ? builder_.boxInt(builder_.iteratorCount(iterator, exit))
                                            : builder_.advanceIterator(iterator, number, 0);
        const ValueId second = builder_.advanceIterator(iterator, number, isCountedPair ? 0 : 1);
        map_.replace(function_.instrs[unpacking.first].result, first);
        map_.replace(function_.instrs[unpacking.second].result, second);
        removeSnapshotsOf(function_.instrs[taken].result);
        for (InstrId gone : {unpacking.spread, unpacking.first, unpacking.second}) {
            function_.remove(gone);
        }
    }

    /// Nothing when something else could see the tuple.
    std::optional<Unpacking> unpackingOf(InstrId taken) const {
        const ValueId pair = function_.instrs[taken].result;
        const std::vector<InstrId>& users = users_[pair.index()];
        if (users.size() != 1 || function_.instrs[users.front()].opcode != Opcode::Spread) {
            return std::nullopt;
        }
        Unpacking unpacking{users.front(), {}, {}};
        const hir::Spread spread(function_, unpacking.spread);
        const std::vector<InstrId>& instrs = function_.blocks[function_.instrs[unpacking.spread].block].instrs;
        const auto place = std::find(instrs.begin(), instrs.end(), unpacking.spread);
        if (spread.operation() != hir::Operation::UnpackSequence || spread.argument() != 2 ||
            instrs.end() - place < 3 || function_.instrs[place[1]].opcode != Opcode::TakeStack ||
            function_.instrs[place[2]].opcode != Opcode::TakeStack || isSeenAtExits(pair)) {
            return std::nullopt;
        }
        // The first item is on top.
        const bool isFirstAbove =
            hir::TakeStack(function_, place[1]).depth() > hir::TakeStack(function_, place[2]).depth();
        unpacking.first = isFirstAbove ? place[1] : place[2];
        unpacking.second = isFirstAbove ? place[2] : place[1];
        return unpacking;
    }

    bool lists(SnapshotId snapshot, ValueId value) const {
        const hir::Snapshot& state = function_.snapshots[snapshot];
        return std::find(state.stack.begin(), state.stack.end(), value) != state.stack.end() ||
               std::find(state.locals.begin(), state.locals.end(), value) != state.locals.end();
    }

    bool isSeenAtExits(ValueId value) const {
        for (BlockId block : function_.reversePostorder()) {
            for (InstrId id : function_.blocks[block].instrs) {
                const hir::Instr& instr = function_.instrs[id];
                if (instr.snapshot.valid() && instr.opcode != Opcode::Snapshot && lists(instr.snapshot, value)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// No exit names them.
    void removeSnapshotsOf(ValueId value) {
        for (BlockId block : function_.reversePostorder()) {
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                const hir::Instr& instr = function_.instrs[id];
                if (instr.opcode == Opcode::Snapshot && lists(instr.snapshot, value)) {
                    function_.remove(id);
                }
            }
        }
    }

    /// What a value was before, whichever way it came. `asked`: parameters that are looked at already.
    IteratorKind kindOf(ValueId value, std::set<ValueId>& asked) const {
        value = objectBehind(function_, value);
        const InstrId definition = function_.values[value].definition;
        if (definition.valid()) {
            return kindAt(definition);
        }
        if (!asked.insert(value).second) {
            return IteratorKind::Unknown;
        }
        const BlockId block = function_.values[value].block;
        const std::vector<ValueId>& params = function_.blocks[block].params;
        const auto place = static_cast<size_t>(std::find(params.begin(), params.end(), value) - params.begin());
        IteratorKind kind = IteratorKind::Unknown;
        for (const Edge& edge : edges_[block.index()]) {
            kind = join(kind, kindOf(targetOf(function_, edge).arguments[place], asked));
        }
        return kind;
    }

    IteratorKind kindAt(InstrId definition) const {
        auto at = [](const std::vector<IteratorKind>& kinds, size_t place) {
            return place < kinds.size() ? kinds[place] : IteratorKind::Other;
        };
        switch (function_.instrs[definition].opcode) {
            case Opcode::EntryLocal:
                return at(context_.facts.entryLocalIterators, hir::EntryLocal(function_, definition).local());
            case Opcode::EntryStack:
                return at(context_.facts.entryStackIterators, hir::EntryStack(function_, definition).depth());
            case Opcode::GetIter: {
                const auto known = context_.facts.iterators.find(hir::GetIter(function_, definition).site());
                const bool isOfSequence = isSequence(function_.instrs[definition].operands[0]);
                return known != context_.facts.iterators.end() ? known->second
                       : isOfSequence                          ? IteratorKind::Sequence
                                                               : IteratorKind::Other;
            }
            default:
                return IteratorKind::Other;
        }
    }

    /// A list or tuple, as far as is known.
    bool isSequence(ValueId value) const {
        const hir::Type sequences = hir::kListExact | hir::kTupleExact;
        const InstrId definition = function_.values[objectBehind(function_, value)].definition;
        const bool isAtEntry = definition.valid() && function_.instrs[definition].opcode == Opcode::EntryLocal;
        const hir::Type seen = isAtEntry ? hir::EntryLocal(function_, definition).seen() : hir::kBottom;
        return function_.values[value].type.isSubtypeOf(sequences) || (!seen.isBottom() && seen.isSubtypeOf(sequences));
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

Changed step_iterators(Function& function, PassContext& context) {
    return IteratorSteps(function, context).run();
}

}  // namespace pyjion::passes
