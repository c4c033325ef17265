// SPDX-License-Identifier: MIT
// Carries numbers unboxed through block parameters. Input: promoted locals and stack values that meet as objects, with
// unboxed operations around them. Output: parameters for the numbers themselves; what still wants the object of a local
// reads it from the slot (LocalInt, LocalDouble, LocalBool), and what still wants the object of a stack value gets a
// box. Numbers that come in as objects are checked once, on the edge or at entry, instead of in every iteration.
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/block_params.h"
#include "passes/edge_state.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/unbox_phis_invariants.h"
#include "passes/unbox_phis_webs.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// A value of which the number is at hand.
struct Unboxed {
    const NumberKind* kind = nullptr;
    ValueId number;
    ValueId bound;  // whether there is a number at all; invalid: there is
};

class PhiUnboxing {
  public:
    PhiUnboxing(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          edges_(incomingEdges(function)),
          order_(function.reversePostorder()),
          webs_(function, context.facts, edges_),
          map_(function) {}

    Changed run() {
        chooseEntries();
        if ((entries_.empty() && webs_.empty()) || !context_.fuel.take()) {
            return Changed::kNo;
        }
        unboxEntries();
        addParams();
        std::vector<BlockId> blocks = order_;
        for (BlockId block : blocks) {
            passNumbers(block);
        }
        for (BlockId block : order_) {
            rewrite(block);
        }
        map_.apply(function_);
        removeParams(function_, dead_);
        removeRedundantParams(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    // --- locals at entry --------------------------------------------------------------------------------------

    /// Locals that loops take for numbers, and those that flow into parameters that become numbers.
    void chooseEntries() {
        for (InstrId id : function_.blocks[function_.entry].instrs) {
            const hir::Instr& instr = function_.instrs[id];
            bool bound = instr.opcode == Opcode::EntryLocal && function_.values[instr.result].type.mayBe(hir::kObject);
            if (bound && webs_.kindAtEntry(instr.result) != nullptr && webs_.wishFor(instr.result) != nullptr) {
                entries_[instr.result] = webs_.kindAtEntry(instr.result);
            }
        }
        for (BlockId block : order_) {
            for (ValueId param : function_.blocks[block].params) {
                const NumberWebs::Param* web = webs_.find(param);
                for (size_t i = 0; web != nullptr && i < edges_[block.index()].size(); ++i) {
                    Origin origin = webs_.originOf(targetOf(function_, edges_[block.index()][i]).arguments[web->index]);
                    if (origin.kind == Origin::Kind::Entry && !staysUnbound(origin)) {
                        entries_[origin.object] = web->kind;
                    }
                }
            }
        }
    }

    /// The local was unbound when compiling was asked for: its parameter says that it has no number yet.
    bool staysUnbound(const Origin& origin) const {
        hir::EntryLocal entry(function_, function_.values[origin.object].definition);
        return entry.seen() == hir::kNull && !origin.bound;
    }

    void unboxEntries() {
        SnapshotId exit = webs_.stateAtEntry();
        if (entries_.empty()) {
            return;
        }
        const std::vector<InstrId>& instrs = function_.blocks[function_.entry].instrs;
        auto snapshot = std::find(instrs.begin(), instrs.end(), function_.snapshots[exit].owner);
        std::vector<InstrId> locals(instrs.begin(), snapshot);
        builder_.setInsertBefore(*(snapshot + 1));
        builder_.setBytecode(function_.entryBytecode);
        for (InstrId id : locals) {
            auto entry = entries_.find(function_.instrs[id].result);
            if (function_.instrs[id].opcode == Opcode::EntryLocal && entry != entries_.end()) {
                unboxed_[entry->first] = {entry->second, unbox(entry->first, *entry->second, exit), {}};
            }
        }
    }

    ValueId unbox(ValueId object, const NumberKind& kind, SnapshotId exit) {
        if (function_.values[object].type.mayBe(hir::kNull)) {
            object = builder_.guardBound(object, exit);
        }
        if (!function_.values[object].type.isSubtypeOf(kind.object)) {
            object = builder_.guardType(object, kind.object, exit);
        }
        bool canLeave = kind.unbox == Opcode::UnboxInt;
        return builder_.emit(kind.unbox, {object}, {}, canLeave ? exit : SnapshotId());
    }

    // --- parameters and arguments -----------------------------------------------------------------------------

    void addParams() {
        for (BlockId block : order_) {
            std::vector<ValueId> params = function_.blocks[block].params;
            for (ValueId param : params) {
                const NumberWebs::Param* web = webs_.find(param);
                if (web == nullptr) {
                    continue;
                }
                Unboxed unboxed{web->kind, function_.addParam(block, web->kind->unboxed, hir::Ownership::None), {}};
                if (web->optional) {
                    unboxed.bound = function_.addParam(block, hir::kBool, hir::Ownership::None);
                }
                unboxed_[param] = unboxed;
                dead_.resize(function_.values.size());
                dead_[param.index()] = true;
            }
        }
    }

    /// Passes the numbers to a block's successors.
    void passNumbers(BlockId block) {
        for (size_t t = 0; t < function_.instrs[function_.terminator(block)].targets.size(); ++t) {
            Edge edge{block, function_.terminator(block), static_cast<uint32_t>(t)};
            if (needsCode(edge) && function_.instrs[edge.terminator].targets.size() > 1) {
                edge = splitEdge(function_, edge);
                order_.push_back(edge.from);
            }
            passNumbers(edge);
        }
    }

    /// Guards, and references to give back, belong to one edge alone.
    bool needsCode(const Edge& edge) const {
        const hir::Target& target = targetOf(function_, edge);
        for (size_t i = 0; i < target.arguments.size(); ++i) {
            ValueId param = function_.blocks[target.block].params[i];
            if (webs_.find(param) == nullptr) {
                continue;
            }
            Origin origin = webs_.originOf(target.arguments[i]);
            bool known = origin.kind != Origin::Kind::Object &&
                         (unboxed_.contains(origin.object) || origin.kind == Origin::Kind::Number ||
                          origin.kind == Origin::Kind::Null || origin.kind == Origin::Kind::Entry);
            if (!known || function_.values[param].ownership == hir::Ownership::Owned) {
                return true;
            }
        }
        return false;
    }

    /// Objects that were passed on are given back behind all guards.
    void passNumbers(const Edge& edge) {
        exit_ = {};
        edge_ = edge;
        builder_.setInsertBefore(edge.terminator);
        builder_.setBytecode(function_.instrs[edge.terminator].bytecode);
        const hir::Target target = targetOf(function_, edge);
        std::vector<ValueId> consumed;
        for (size_t i = 0; i < target.arguments.size(); ++i) {
            ValueId param = function_.blocks[target.block].params[i];
            const NumberWebs::Param* web = webs_.find(param);
            if (web == nullptr) {
                continue;
            }
            Unboxed passed = numberOf(target.arguments[i], *web->kind, web->optional);
            targetOf(function_, edge).arguments.push_back(passed.number);
            if (web->optional) {
                targetOf(function_, edge).arguments.push_back(passed.bound);
            }
            if (function_.values[param].ownership == hir::Ownership::Owned) {
                consumed.push_back(target.arguments[i]);
            }
        }
        for (ValueId object : consumed) {
            bool known = function_.values[object].type.isSubtypeOf(hir::kPlainData) || unboxed_.contains(object);
            builder_.decRef(known ? object : builder_.assumeType(object, hir::kPlainData - hir::kNull));
        }
    }

    /// The state for guards on the edge in work.
    SnapshotId stateOnEdge() {
        if (!exit_.valid()) {
            exit_ = makeStateOnEdge(function_, builder_, edge_);
        }
        return exit_;
    }

    /// The number of an argument at the end of a block.
    Unboxed numberOf(ValueId argument, const NumberKind& kind, bool optional) {
        Origin origin = webs_.originOf(argument);
        Unboxed result{&kind, {}, {}};
        bool unbound = origin.kind == Origin::Kind::Null || (origin.kind == Origin::Kind::Entry &&
                                                             staysUnbound(origin) && !unboxed_.contains(origin.object));
        if (unbound) {
            result.number = makeConstant(kind, {});
        } else if (auto known = unboxed_.find(origin.object); known != unboxed_.end()) {
            result.number = known->second.number;
            result.bound = origin.bound ? ValueId() : known->second.bound;
        } else if (origin.kind == Origin::Kind::Number) {
            NumberSource source = numberSource(function_, context_.facts, argument);
            result.number = source.unboxed.valid() ? source.unboxed : makeConstant(kind, *source.constant);
        } else {
            result.number = unboxOnEdge(argument, kind);
        }
        if (optional && !result.bound.valid()) {
            result.bound = builder_.constBool(!unbound);
        }
        return result;
    }

    ValueId unboxOnEdge(ValueId object, const NumberKind& kind) {
        bool leaves = kind.unbox == Opcode::UnboxInt || !function_.values[object].type.isSubtypeOf(kind.object);
        return unbox(object, kind, leaves ? stateOnEdge() : SnapshotId());
    }

    ValueId makeConstant(const NumberKind& kind, const ConstantFact& fact) {
        if (kind.unboxed == hir::kInt64) {
            return builder_.constInt(fact.integer);
        }
        return kind.unboxed == hir::kDouble ? builder_.constDouble(fact.real) : builder_.constBool(fact.integer != 0);
    }

    // --- uses -------------------------------------------------------------------------------------------------

    void rewrite(BlockId block) {
        boxes_.clear();
        builder_.setBlock(block);
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        builder_.setBytecode(function_.instrs[instrs.front()].bytecode);
        for (ValueId param : function_.blocks[block].params) {
            if (unboxed_.contains(param) && function_.values[param].ownership == hir::Ownership::Owned) {
                const Unboxed& unboxed = unboxed_.at(param);
                map_.replace(param, builder_.emit(unboxed.kind->box, {unboxed.number}));
            }
        }
        for (InstrId id : instrs) {
            builder_.setBytecode(function_.instrs[id].bytecode);
            if (replace(id)) {
                function_.instrs[id].block = {};
            } else {
                fillState(id);
                passObjects(id);
                function_.append(block, id);
            }
        }
    }

    /// A borrowed value of which the number is at hand here. Entry locals are not in front of their guard.
    const Unboxed* borrowedNumber(ValueId value, InstrId user) const {
        auto found = unboxed_.find(value);
        if (found == unboxed_.end() || function_.values[value].ownership == hir::Ownership::Owned) {
            return nullptr;
        }
        bool isGuardAtEntry = function_.instrs[user].snapshot == webs_.stateAtEntry() && entries_.contains(value) &&
                              unboxesEntry(user, found->second.number);
        return isGuardAtEntry ? nullptr : &found->second;
    }

    /// The instruction is one of those that find an entry local's number.
    bool unboxesEntry(InstrId id, ValueId number) const {
        ValueId value = number;
        while (value.valid() && function_.values[value].definition.valid()) {
            if (function_.values[value].definition == id) {
                return true;
            }
            const hir::Instr& instr = function_.instrs[function_.values[value].definition];
            value = instr.operands.empty() ? ValueId() : instr.operands[0];
        }
        return false;
    }

    /// True when the instruction goes.
    bool replace(InstrId id) {
        hir::Instr instr = function_.instrs[id];
        if (instr.operands.size() != 1) {
            return false;
        }
        const Unboxed* found = borrowedNumber(instr.operands[0], id);
        if (found == nullptr) {
            return false;
        }
        Unboxed unboxed = *found;
        switch (instr.opcode) {
            case Opcode::GuardBound:
                if (unboxed.bound.valid()) {
                    builder_.guardTrue(unboxed.bound, hir::ExitReason::UnboundLocal, instr.snapshot);
                }
                unboxed_[instr.result] = {unboxed.kind, unboxed.number, {}};
                return true;
            case Opcode::GuardType:
                if (hir::GuardType(function_, id).type() != unboxed.kind->object) {
                    return false;
                }
                unboxed_[instr.result] = unboxed;
                return true;
            case Opcode::UnboxInt:
            case Opcode::UnboxDouble:
            case Opcode::UnboxBool:
                map_.replace(instr.result, unboxed.number);
                return true;
            case Opcode::CopyLocal: {
                ValueId object = slotObject(unboxed, hir::CopyLocal(function_, id).local());
                map_.replace(instr.result, builder_.incRef(object));
                return true;
            }
            default:
                return false;
        }
    }

    ValueId slotObject(const Unboxed& unboxed, uint32_t local) {
        return builder_.emit(unboxed.kind->local, {unboxed.number}, {hir::makeImmediate(local)});
    }

    /// Exits find the objects of borrowed values themselves.
    void fillState(InstrId id) {
        if (function_.instrs[id].opcode != Opcode::Snapshot) {
            return;
        }
        SnapshotId snapshot = function_.instrs[id].snapshot;
        hir::Snapshot state = function_.snapshots[snapshot];
        for (std::vector<ValueId>* list : {&state.locals, &state.stack}) {
            for (ValueId& value : *list) {
                const Unboxed* unboxed = value.valid() ? borrowedNumber(value, id) : nullptr;
                if (unboxed == nullptr || entries_.contains(value)) {
                    continue;
                }
                auto [box, isNew] = boxes_.try_emplace(value);
                if (isNew) {
                    std::optional<uint32_t> local = webs_.localOf(value);
                    box->second =
                        local ? slotObject(*unboxed, *local) : builder_.emit(unboxed->kind->box, {unboxed->number});
                }
                value = box->second;
            }
        }
        function_.snapshots[snapshot] = std::move(state);
    }

    /// The local that a parameter is of, by its uses or by its argument: what a local had at entry is passed on as that
    /// local's.
    std::optional<uint32_t> localOf(ValueId param, ValueId argument) const {
        const std::optional<uint32_t> byUses = webs_.localOf(param);
        const Origin origin = webs_.originOf(argument);
        if (byUses || origin.kind != Origin::Kind::Entry) {
            return byUses;
        }
        return hir::EntryLocal(function_, function_.values[origin.object].definition).local();
    }

    /// A parameter that stays an object gets the one of its local's slot.
    void passObjects(InstrId id) {
        for (size_t t = 0; t < function_.instrs[id].targets.size(); ++t) {
            const hir::Target target = function_.instrs[id].targets[t];
            for (size_t i = 0; i < function_.blocks[target.block].params.size(); ++i) {
                ValueId param = function_.blocks[target.block].params[i];
                const Unboxed* unboxed = borrowedNumber(target.arguments[i], id);
                std::optional<uint32_t> local = localOf(param, target.arguments[i]);
                bool isObject = function_.values[param].ownership == hir::Ownership::Borrowed;
                if (unboxed == nullptr || unboxed_.contains(param) || !isObject || !local) {
                    continue;
                }
                ValueId object = slotObject(*unboxed, *local);
                function_.instrs[id].targets[t].arguments[i] = object;
            }
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<BlockId> order_;
    NumberWebs webs_;
    ValueMap map_;
    std::unordered_map<ValueId, const NumberKind*> entries_;
    std::unordered_map<ValueId, Unboxed> unboxed_;
    std::unordered_map<ValueId, ValueId> boxes_;  // for snapshots of the block in work
    std::vector<bool> dead_;                      // by value
    Edge edge_;
    SnapshotId exit_;  // of the edge in work
};

}  // namespace

Changed unbox_phis(Function& function, PassContext& context) {
    Changed webs = PhiUnboxing(function, context).run();
    bool invariants = unboxLoopInvariants(function, context);
    return invariants ? Changed::kYes : webs;
}

}  // namespace pyjion::passes
