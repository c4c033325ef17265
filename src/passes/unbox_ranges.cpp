// SPDX-License-Identifier: MIT
// Iterates over ranges by counting. Input: `GetIter(Call range, …)` with a known callee, iterators that on-stack
// replacement found on the value stack, and loops `IterNext; IsNull; Branch`. Output: a virtual iterator is three
// unboxed numbers, of which only the next value changes; snapshots get it back through a MakeRangeIter that only exits
// execute. An iterator that something else may hold (a copy, an argument of a call) stays an object.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analysis/uses.h"
#include "base/check.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/block_params.h"
#include "passes/iteration_step.h"
#include "passes/narrow_types.h"
#include "passes/pass.h"
#include "passes/ssa_construction.h"
#include "passes/unbox_ranges_calls.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

// --- iterators ------------------------------------------------------------------------------------------------------

/// An owned range iterator that only this frame holds, as numbers.
struct Iterator {
    ValueId step;
    ValueId limit;
    SsaVariable next;
    /// In a block: the next value in front of the block's first instruction, when the block itself sets it there.
    std::unordered_map<BlockId, ValueId> setAtStart;
};

struct Step : IterationStep {
    ValueId advanced;  // the next value, once one was taken; defined at the start of the body
};

class Iterators {
  public:
    Iterators(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          order_(function.reversePostorder()),
          edges_(incomingEdges(function)),
          users_(analysis::usersOf(function)),
          suspends_(std::any_of(
              order_.begin(), order_.end(),
              [&](BlockId block) { return function.instrs[function.terminator(block)].opcode == Opcode::YieldValue; })),
          map_(function) {}

    bool run() {
        findSources();
        findParams();
        dropUnfit();
        if (chosen_.empty() || !context_.fuel.take()) {
            return false;
        }
        unpackEntryStack();
        makeVariables();
        passNumbers();
        for (BlockId block : order_) {
            rewrite(block);
        }
        map_.apply(function_);
        removeParams(function_, deadParams_);
        narrowTypes(function_);  // the values of ranges are ints, and so are copies of them
        return true;
    }

  private:
    const hir::Instr* definitionOf(ValueId value) const {
        InstrId id = function_.values[value].definition;
        return id.valid() ? &function_.instrs[id] : nullptr;
    }
    bool isChosen(ValueId value) const { return chosen_.contains(value); }

    /// Iterators that this code makes, and those that on-stack replacement finds.
    void findSources() {
        for (BlockId block : order_) {
            for (InstrId id : function_.blocks[block].instrs) {
                const hir::Instr& instr = function_.instrs[id];
                bool made = instr.opcode == Opcode::MakeRangeIter && !users_[instr.result.index()].empty();
                bool found = instr.opcode == Opcode::EntryStack &&
                             hir::EntryStack(function_, id).seen() == hir::kRangeIterExact &&
                             !context_.facts.sharesStack && canUnpack();
                if (made || found) {
                    chosen_.emplace(instr.result, true);
                }
            }
        }
    }

    /// The guards of unpacking leave at the only snapshot of the entry block.
    bool canUnpack() const { return entrySnapshot().valid(); }

    SnapshotId entrySnapshot() const {
        SnapshotId found;
        const std::vector<InstrId>& instrs = function_.blocks[function_.entry].instrs;
        for (InstrId id : instrs) {
            const hir::Instr& instr = function_.instrs[id];
            bool another = instr.opcode == Opcode::Snapshot && found.valid();
            if (another || hir::effectsOf(function_, id).writes.overlaps(hir::kVisibleHeaps)) {
                return {};
            }
            found = instr.opcode == Opcode::Snapshot ? instr.snapshot : found;
        }
        return function_.instrs[instrs.back()].opcode == Opcode::Jump ? found : SnapshotId();
    }

    /// Owned parameters that may receive iterators.
    void findParams() {
        for (bool again = true; again;) {
            again = false;
            for (BlockId block : order_) {
                const std::vector<ValueId>& params = function_.blocks[block].params;
                for (size_t i = 0; i < params.size(); ++i) {
                    bool owned = function_.values[params[i]].ownership == hir::Ownership::Owned;
                    if (!owned || isChosen(params[i])) {
                        continue;
                    }
                    const std::vector<Edge>& incoming = edges_[block.index()];
                    bool receives = std::any_of(incoming.begin(), incoming.end(), [&](const Edge& edge) {
                        return isChosen(targetOf(function_, edge).arguments[i]);
                    });
                    if (receives) {
                        chosen_.emplace(params[i], true);
                        again = true;
                    }
                }
            }
        }
    }

    /// Takes back what turns out to be held by others or to receive other objects, until nothing changes.
    void dropUnfit() {
        for (bool again = true; again;) {
            again = false;
            for (BlockId block : order_) {
                const std::vector<ValueId>& params = function_.blocks[block].params;
                for (size_t i = 0; i < params.size(); ++i) {
                    if (isChosen(params[i]) && !receivesOnlyIterators(block, i)) {
                        chosen_.erase(params[i]);
                        again = true;
                    }
                }
            }
            for (auto entry = chosen_.begin(); entry != chosen_.end();) {
                bool good = usesFit(entry->first);
                again = again || !good;
                entry = good ? std::next(entry) : chosen_.erase(entry);
            }
        }
    }

    bool receivesOnlyIterators(BlockId block, size_t index) const {
        const std::vector<Edge>& incoming = edges_[block.index()];
        return std::all_of(incoming.begin(), incoming.end(),
                           [&](const Edge& edge) { return isChosen(targetOf(function_, edge).arguments[index]); });
    }

    /// What a generator has on its value stack where it is suspended stays an object: it would be made and taken apart
    /// again each time.
    bool isKept(ValueId iterator, const hir::Instr& user) const {
        if (user.opcode == Opcode::YieldValue) {
            return true;
        }
        if (!suspends_) {
            return false;
        }
        for (const hir::Target& target : user.targets) {
            for (size_t i = 0; i < target.arguments.size(); ++i) {
                if (target.arguments[i] == iterator && !isChosen(function_.blocks[target.block].params[i])) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Every use is one that needs no object, or takes the object over for good.
    bool usesFit(ValueId iterator) const {
        bool fromEntry = definitionOf(iterator) != nullptr && definitionOf(iterator)->opcode == Opcode::EntryStack;
        for (InstrId id : users_[iterator.index()]) {
            const hir::Instr& instr = function_.instrs[id];
            if (isKept(iterator, instr)) {
                return false;
            }
            if (instr.opcode == Opcode::IterNext) {
                if (!stepOf(id)) {
                    return false;
                }
                continue;
            }
            for (size_t i = 0; i < instr.operands.size(); ++i) {
                if (instr.operands[i] == iterator && !hir::consumesOperand(function_, id, i)) {
                    return false;
                }
            }
            // Unpacking happens at the end of the entry block, so that the object is needed until there.
            if (fromEntry && (instr.block == function_.entry) && !instr.operands.empty()) {
                return false;
            }
        }
        return true;
    }

    std::optional<Step> stepOf(InstrId id) const {
        const std::optional<IterationStep> step = iterationStepAt(function_, users_, id);
        return step && edges_[step->body.index()].size() == 1 ? std::optional(Step{*step, {}}) : std::nullopt;
    }

    /// Reads the numbers of iterators on the entry's stack and gives the objects back.
    void unpackEntryStack() {
        std::vector<ValueId> found;
        for (InstrId id : function_.blocks[function_.entry].instrs) {
            if (function_.instrs[id].opcode == Opcode::EntryStack && isChosen(function_.instrs[id].result)) {
                found.push_back(function_.instrs[id].result);
            }
        }
        if (found.empty()) {
            return;
        }
        SnapshotId before = entrySnapshot();
        InstrId jump = function_.terminator(function_.entry);
        builder_.setInsertBefore(jump);
        builder_.setBytecode(function_.instrs[jump].bytecode);
        for (ValueId iterator : found) {
            ValueId known = builder_.guardType(iterator, hir::kRangeIterExact, before);
            ValueId next = builder_.unpackRangeNext(known, before);
            ValueId step = builder_.unpackRangeStep(known);
            ValueId limit = builder_.unpackRangeLimit(known);
            unpacked_[iterator] = builder_.makeRangeIter(next, step, limit);
        }
        for (ValueId iterator : found) {
            builder_.decRef(builder_.assumeType(iterator, hir::kRangeIterExact));
        }
        for (ValueId& argument : function_.instrs[jump].targets[0].arguments) {
            argument = unpacked_.contains(argument) ? unpacked_[argument] : argument;
        }
        // From here on the made iterators stand for those of the stack.
        for (ValueId iterator : found) {
            chosen_.erase(iterator);
            chosen_.emplace(unpacked_[iterator], true);
            replaceBehindEntry(iterator, unpacked_[iterator]);
        }
    }

    void replaceBehindEntry(ValueId from, ValueId to) {
        ValueMap map(function_);
        map.replace(from, to);
        for (BlockId block : order_) {
            if (block == function_.entry) {
                continue;
            }
            for (InstrId id : function_.blocks[block].instrs) {
                map.apply(function_, id);
            }
        }
    }

    // --- numbers ----------------------------------------------------------------------------------------------

    ValueId addNumberParam(BlockId block) { return function_.addParam(block, hir::kInt64, hir::Ownership::None); }

    void addIterator(ValueId value, ValueId step, ValueId limit) {
        SsaVariable next(function_, edges_, hir::kInt64, hir::Ownership::None);
        iterators_.emplace(value, Iterator{step, limit, std::move(next), {}});
    }

    /// Gives each chosen iterator its numbers and notes all assignments of next values.
    void makeVariables() {
        for (BlockId block : order_) {
            std::vector<ValueId> params = function_.blocks[block].params;
            for (ValueId param : params) {
                if (isChosen(param)) {
                    ValueId next = addNumberParam(block);
                    ValueId step = addNumberParam(block);
                    addIterator(param, step, addNumberParam(block));
                    iterators_.at(param).setAtStart[block] = next;
                    iterators_.at(param).next.assignInBlock(block, next);
                }
            }
            for (InstrId id : function_.blocks[block].instrs) {
                const hir::Instr& instr = function_.instrs[id];
                if (instr.opcode == Opcode::MakeRangeIter && isChosen(instr.result)) {
                    hir::MakeRangeIter made(function_, id);
                    addIterator(instr.result, made.step(), made.limit());
                    iterators_.at(instr.result).next.assignInBlock(block, made.next());
                }
            }
        }
        for (BlockId block : order_) {
            std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                if (function_.instrs[id].opcode == Opcode::IterNext && isChosen(function_.instrs[id].operands[0])) {
                    addStep(id);
                }
            }
        }
    }

    /// Taking a value moves the next one on, at the start of the loop's body. The operand follows when it is known.
    void addStep(InstrId id) {
        Step step = *stepOf(id);
        Iterator& iterator = iterators_.at(function_.instrs[id].operands[0]);
        builder_.setInsertBefore(function_.blocks[step.body].instrs.front());
        builder_.setBytecode(function_.instrs[id].bytecode);
        step.advanced = builder_.intAddUnchecked(iterator.step, iterator.step);
        iterator.setAtStart[step.body] = step.advanced;
        iterator.next.assignInBlock(step.body, step.advanced);
        steps_.emplace(id, step);
    }

    /// Passes an iterator's numbers to the parameters that were made for it, in the order in which they were added.
    void passNumbers() {
        for (BlockId block : order_) {
            std::vector<ValueId> params = function_.blocks[block].params;
            for (size_t i = 0; i < params.size(); ++i) {
                if (!isChosen(params[i])) {
                    continue;
                }
                deadParams_.resize(function_.values.size());
                deadParams_[params[i].index()] = true;
                for (const Edge& edge : edges_[block.index()]) {
                    hir::Target& target = targetOf(function_, edge);
                    Iterator& iterator = iterators_.at(target.arguments[i]);
                    toPass_.push_back({edge, target.arguments[i]});
                    toPass_.back().index = target.arguments.size();
                    for (ValueId number : {ValueId(), iterator.step, iterator.limit}) {
                        target.arguments.push_back(number);
                    }
                }
            }
        }
        // Reading a next value may add parameters, behind those above.
        for (const Passed& passed : toPass_) {
            ValueId next = iterators_.at(passed.iterator).next.atEnd(passed.edge.from);
            targetOf(function_, passed.edge).arguments[passed.index] = next;
        }
    }

    // --- rewriting --------------------------------------------------------------------------------------------

    /// The next value of an iterator at the current place of the walk through a block.
    ValueId nextHere(ValueId iterator, BlockId block) {
        auto [entry, isNew] = here_.try_emplace(iterator);
        if (isNew) {
            Iterator& numbers = iterators_.at(iterator);
            auto set = numbers.setAtStart.find(block);
            entry->second = set != numbers.setAtStart.end() ? set->second : numbers.next.atStart(block);
        }
        PYJION_CHECK(entry->second.valid(), "an iterator is used where it is not defined");
        return entry->second;
    }

    void rewrite(BlockId block) {
        here_.clear();
        virtual_.clear();
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        builder_.setBlock(block);
        for (InstrId id : instrs) {
            builder_.setBytecode(function_.instrs[id].bytecode);
            if (!replace(block, id)) {
                function_.append(block, id);
            }
        }
    }

    /// True when the instruction goes.
    bool replace(BlockId block, InstrId id) {
        Opcode opcode = function_.instrs[id].opcode;
        if (opcode == Opcode::Snapshot) {
            fillState(block, function_.instrs[id].snapshot);
            return false;
        }
        if (opcode == Opcode::MakeRangeIter && isChosen(function_.instrs[id].result)) {
            here_[function_.instrs[id].result] = function_.instrs[id].operands[0];
            return drop(id);
        }
        if (opcode == Opcode::IterNext && steps_.contains(id)) {
            return takeValue(block, id);
        }
        hir::Instr& instr = function_.instrs[id];
        if (opcode == Opcode::DecRef && isChosen(instr.operands[0])) {
            return drop(id);
        }
        for (ValueId& operand : function_.instrs[id].operands) {
            operand = isChosen(operand) ? make(block, operand) : operand;
        }
        passObjects(block, id);
        return pending_.contains(id) && finish(id);
    }

    bool drop(InstrId id) {
        function_.instrs[id].block = {};
        return true;
    }

    ValueId make(BlockId block, ValueId iterator) {
        ValueId next = nextHere(iterator, block);
        const Iterator& numbers = iterators_.at(iterator);
        return builder_.makeRangeIter(next, numbers.step, numbers.limit);
    }

    /// Iterators of one state are made in front of the snapshot; snapshots share them until the iterator moves on.
    void fillState(BlockId block, SnapshotId snapshot) {
        std::vector<ValueId> stack = function_.snapshots[snapshot].stack;
        for (ValueId& value : stack) {
            if (isChosen(value)) {
                auto [entry, isNew] = virtual_.try_emplace(value);
                if (isNew) {
                    entry->second = make(block, value);
                }
                value = entry->second;
            }
        }
        function_.snapshots[snapshot].stack = std::move(stack);
    }

    /// An iterator that goes to a parameter which stays an object is made here.
    void passObjects(BlockId block, InstrId id) {
        for (size_t t = 0; t < function_.instrs[id].targets.size(); ++t) {
            const std::vector<ValueId>& params = function_.blocks[function_.instrs[id].targets[t].block].params;
            for (size_t i = 0; i < params.size(); ++i) {
                ValueId argument = function_.instrs[id].targets[t].arguments[i];
                if (isChosen(argument) && !isChosen(params[i])) {
                    ValueId object = make(block, argument);
                    function_.instrs[id].targets[t].arguments[i] = object;
                }
            }
        }
    }

    /// The test of the end takes the place of IsNull; the values that AssumeNotNull gives become boxes.
    bool takeValue(BlockId block, InstrId id) {
        const Step& step = steps_.at(id);
        ValueId iterator = function_.instrs[id].operands[0];
        ValueId next = nextHere(iterator, block);
        function_.instrs[function_.values[step.advanced].definition].operands = {next, iterators_.at(iterator).step};
        pending_[step.isNull] = {next, iterators_.at(iterator).limit};
        for (InstrId user : users_[function_.instrs[id].result.index()]) {
            if (function_.instrs[user].opcode == Opcode::AssumeNotNull) {
                pending_[user] = {next, {}};
            }
        }
        return drop(id);
    }

    bool finish(InstrId id) {
        auto [next, limit] = pending_.at(id);
        ValueId result =
            limit.valid() ? builder_.intCompare(next, limit, hir::CompareOperator::Equal) : builder_.boxInt(next);
        map_.replace(function_.instrs[id].result, result);
        return drop(id);
    }

    struct Passed {
        Edge edge;
        ValueId iterator;
        size_t index = 0;
    };

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    std::vector<BlockId> order_;
    EdgeTable edges_;
    std::vector<std::vector<InstrId>> users_;
    const bool suspends_;
    ValueMap map_;
    std::unordered_map<ValueId, bool> chosen_;
    std::unordered_map<ValueId, ValueId> unpacked_;
    std::unordered_map<ValueId, Iterator> iterators_;
    std::unordered_map<InstrId, Step> steps_;  // by IterNext
    std::vector<Passed> toPass_;
    std::vector<bool> deadParams_;
    std::unordered_map<ValueId, ValueId> here_;     // next values, during the walk through a block
    std::unordered_map<ValueId, ValueId> virtual_;  // iterators made for snapshots of this block
    /// What replaces IsNull (a comparison with the limit) and AssumeNotNull (a box).
    std::unordered_map<InstrId, std::pair<ValueId, ValueId>> pending_;
};

}  // namespace

Changed unbox_ranges(Function& function, PassContext& context) {
    bool calls = makeRangeIterators(function, context);
    bool iterators = Iterators(function, context).run();
    if (iterators) {
        removeRedundantParams(function);
    }
    return calls || iterators ? Changed::kYes : Changed::kNo;
}

}  // namespace pyjion::passes
