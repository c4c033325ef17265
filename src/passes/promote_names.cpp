// SPDX-License-Identifier: MIT
// Treats global names as locals. Input: code that reads names with LoadGlobal and writes them with StoreGlobal, where
// generic operations have become others as far as they can. Output: reads that take their value from ReadName, a stored
// value or a block parameter, as a CopyLocal of it; stores of plain data over plain data as StoreLocal, which later
// passes delay as they do those of locals. What may run Python code may bind any name: behind it a guard on the dict's
// version says that none was bound, or names are read again.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/before_state.h"
#include "passes/block_params.h"
#include "passes/bound_guards.h"
#include "passes/changed_locals.h"
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

class NamePromotion {
  public:
    NamePromotion(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          edges_(incomingEdges(function)),
          order_(function.reversePostorder()),
          map_(function) {}

    Changed run() {
        if (function_.names.empty() || !edges_[function_.entry.index()].empty() || !choose() || !context_.fuel.take()) {
            return Changed::kNo;
        }
        stateAtEntry_ = stateAtEntry();
        findPlainLocals();
        findStoredSums();
        findChecks();
        findLive();
        addParams();
        for (BlockId block : order_) {
            rename(block);
        }
        passArguments();
        map_.apply(function_);
        tidySlotValues(function_);
        dropGuards();
        context_.count("promote_names.accesses", accesses_.size());
        return Changed::kYes;
    }

  private:
    using Names = std::vector<bool>;  // by index in Function::names
    using Values = std::vector<ValueId>;

    /// A load or store that becomes one of a local, and the state in which it can be executed again.
    struct Access {
        uint32_t name = 0;
        SnapshotId before;
        bool isStored = false;  // a load: what it gives is stored over another name, and must be what was seen
    };

    size_t count() const { return function_.names.size(); }
    uint32_t slotOf(size_t name) const { return function_.frameLocals() + static_cast<uint32_t>(name); }

    std::optional<uint32_t> nameIn(InstrId id) const {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.opcode != Opcode::LoadGlobal && instr.opcode != Opcode::StoreGlobal) {
            return std::nullopt;
        }
        for (uint32_t k = 0; k < count(); ++k) {
            if (function_.names[k].name == static_cast<uint32_t>(instr.immediates[0].integer)) {
                return k;
            }
        }
        return std::nullopt;
    }

    static bool isPlain(Type type) { return !type.isBottom() && type.isSubtypeOf(hir::kPlainData); }

    bool isLoad(InstrId id) const { return function_.instrs[id].opcode == Opcode::LoadGlobal; }

    bool choose() {
        std::vector<InstrId> stores;
        for (BlockId block : order_) {
            BeforeState state(function_);
            for (InstrId id : function_.blocks[block].instrs) {
                std::optional<uint32_t> name = nameIn(id);
                SnapshotId before = name ? state.before(function_.instrs[id]) : SnapshotId();
                if (before.valid() && isLoad(id)) {
                    accesses_[id] = {*name, before};
                    continue;
                }
                if (before.valid() && isPlain(function_.names[*name].seen)) {
                    accesses_[id] = {*name, before};
                    stores.push_back(id);
                }
                state.pass(id);
            }
        }
        std::erase_if(stores, [&](InstrId store) {
            const bool stays = !operandsBecomePlain(store);
            if (stays) {
                accesses_.erase(store);
            }
            return stays;
        });
        findQuiet();
        return !accesses_.empty();
    }

    bool operandsBecomePlain(InstrId id) {
        std::unordered_set<ValueId> seen;
        const std::vector<ValueId>& operands = function_.instrs[id].operands;
        return std::all_of(operands.begin(), operands.end(), [&](ValueId value) { return becomesPlain(value, seen); });
    }

    /// What runs no Python code once it is known what the names mean.
    void findQuiet() {
        for (BlockId block : order_) {
            for (InstrId id : function_.blocks[block].instrs) {
                if (hir::info(function_.instrs[id].opcode).quiet && operandsBecomePlain(id)) {
                    quiet_.insert(id);
                }
            }
        }
    }

    /// Releasing plain data runs nothing, so that nobody can tell when a store over it is made; what is stored will be
    /// stored over as well.
    bool becomesPlain(ValueId value, std::unordered_set<ValueId>& seen) {
        value = objectBehind(function_, value);
        if (isPlain(function_.values[value].type) || !seen.insert(value).second) {
            return true;
        }
        const InstrId definition = function_.values[value].definition;
        if (definition.valid()) {
            auto access = accesses_.find(definition);
            const bool isName = access != accesses_.end() && isPlain(function_.names[access->second.name].seen);
            if (isName) {
                access->second.isStored = true;
            }
            return isName;
        }
        const BlockId block = function_.values[value].block;
        const std::vector<ValueId>& params = function_.blocks[block].params;
        const auto index = static_cast<size_t>(std::find(params.begin(), params.end(), value) - params.begin());
        const std::vector<Edge>& edges = edges_[block.index()];
        return std::all_of(edges.begin(), edges.end(), [&](const Edge& edge) {
            return becomesPlain(targetOf(function_, edge).arguments[index], seen);
        });
    }

    /// In which guards of what is there at entry leave.
    SnapshotId stateAtEntry() const {
        for (InstrId id : function_.blocks[function_.entry].instrs) {
            if (function_.instrs[id].opcode == Opcode::Snapshot) {
                return function_.instrs[id].snapshot;
            }
            if (hir::effectsOf(function_, id).writes.overlaps(hir::kVisibleHeaps)) {
                break;
            }
        }
        return {};
    }

    /// Locals that hold plain data only, when what they hold at entry is: stores to them release nothing that runs
    /// code.
    void findPlainLocals() {
        std::vector<bool> stored(function_.localCount);
        plainLocals_.assign(function_.localCount, true);
        for (BlockId block : order_) {
            for (InstrId id : function_.blocks[block].instrs) {
                if (function_.instrs[id].opcode == Opcode::StoreLocal) {
                    hir::StoreLocal store(function_, id);
                    stored[store.local()] = true;
                    plainLocals_[store.local()] = plainLocals_[store.local()] && operandsBecomePlain(id);
                }
            }
        }
        const std::vector<bool> changed = changedLocals(function_, order_);
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            const bool isEmpty = function_.entryBytecode == 0 && local >= context_.facts.argumentCount;
            const Type seen = local < function_.entryTypes.size() ? function_.entryTypes[local] : hir::kBottom;
            const bool canGuard = stateAtEntry_.valid() && seen.isSubtypeOf(hir::kPlainData);
            plainLocals_[local] = plainLocals_[local] && !changed[local] && (isEmpty || canGuard);
            if (plainLocals_[local] && stored[local] && !isEmpty) {
                guardedLocals_.push_back(local);
            }
        }
    }

    /// A sum that the next instruction stores into a local: the lowering makes one step of both, so that a string grows
    /// in place. Only behind the store is it asked whether names were bound.
    void findStoredSums() {
        for (BlockId block : order_) {
            InstrId last;
            for (InstrId id : function_.blocks[block].instrs) {
                const hir::Instr& instr = function_.instrs[id];
                if (instr.opcode == Opcode::Snapshot) {
                    continue;
                }
                const bool isSum = last.valid() && function_.instrs[last].opcode == Opcode::BinaryOp &&
                                   instr.opcode == Opcode::StoreLocal &&
                                   instr.operands[0] == function_.instrs[last].result;
                if (isSum) {
                    storedSums_.emplace(last, id);
                    storesOfSums_.insert(id);
                }
                last = id;
            }
        }
    }

    /// Names may be bound to other objects behind the instruction.
    bool bindsNames(InstrId id) const {
        if (accesses_.contains(id) || quiet_.contains(id) || storedSums_.contains(id)) {
            return false;
        }
        const bool storesPlain =
            function_.instrs[id].opcode == Opcode::StoreLocal && plainLocals_[hir::StoreLocal(function_, id).local()];
        return storesOfSums_.contains(id) ||
               (!storesPlain && hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap));
    }

    /// The instruction in front of which the version is taken that is compared behind another one; mostly that itself.
    InstrId checkedBy(InstrId id) const {
        auto sum = storedSums_.find(id);
        return sum != storedSums_.end() ? sum->second : id;
    }

    /// The snapshot behind an instruction that may bind names, where it is found out whether it did; invalid when names
    /// are read again instead: they were bound there before, or something else may bind them first.
    SnapshotId checkBehind(const std::vector<InstrId>& instrs, size_t position) const {
        const hir::Instr& binder = function_.instrs[instrs[position]];
        if (binder.opcode == Opcode::StoreGlobal || context_.facts.binders.contains(binder.bytecode)) {
            return {};
        }
        for (size_t i = position + 1; i < instrs.size(); ++i) {
            const hir::Instr& instr = function_.instrs[instrs[i]];
            // The first snapshot of another bytecode is the one at its start.
            if (instr.opcode == Opcode::Snapshot && instr.bytecode != binder.bytecode) {
                return instr.snapshot;
            }
            if (bindsNames(instrs[i])) {
                return {};
            }
        }
        return {};
    }

    void findChecks() {
        for (BlockId block : order_) {
            const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
            for (size_t i = 0; i < instrs.size(); ++i) {
                const SnapshotId check = bindsNames(instrs[i]) ? checkBehind(instrs, i) : SnapshotId();
                if (check.valid()) {
                    checks_[instrs[i]] = check;
                }
            }
        }
    }

    // --- liveness ---------------------------------------------------------------------------------------------

    /// A name is live where it may be accessed before names are read again: a store needs what it replaces.
    void findLive() {
        liveAtStart_.assign(function_.blocks.size(), Names(count()));
        for (bool changed = true; changed;) {
            changed = false;
            for (auto block = order_.rbegin(); block != order_.rend(); ++block) {
                Names live = liveBefore(*block);
                if (live != liveAtStart_[block->index()]) {
                    liveAtStart_[block->index()] = std::move(live);
                    changed = true;
                }
            }
        }
    }

    Names liveBefore(BlockId block) {
        Names live(count());
        for (BlockId successor : function_.successors(block)) {
            const Names& after = liveAtStart_[successor.index()];
            for (size_t k = 0; k < count(); ++k) {
                live[k] = live[k] || after[k];
            }
        }
        const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        for (auto id = instrs.rbegin(); id != instrs.rend(); ++id) {
            if (auto access = accesses_.find(*id); access != accesses_.end()) {
                live[access->second.name] = true;
            } else if (bindsNames(*id)) {
                liveBehind_[*id] = live;
                if (!checks_.contains(*id)) {
                    live.assign(count(), false);
                }
            }
        }
        return live;
    }

    // --- values -----------------------------------------------------------------------------------------------

    void addParams() {
        params_.assign(function_.blocks.size(), Values(count()));
        for (BlockId block : order_) {
            for (size_t k = 0; k < count(); ++k) {
                if (edges_[block.index()].size() >= 2 && liveAtStart_[block.index()][k]) {
                    params_[block.index()][k] =
                        function_.addParam(block, hir::kObject | hir::kNull, hir::Ownership::Borrowed);
                }
            }
        }
    }

    /// A block with one way in starts with what its predecessor, which comes earlier in the order, ended with.
    Values valuesAtStart(BlockId block) const {
        const std::vector<Edge>& incoming = edges_[block.index()];
        return incoming.size() == 1 ? valuesAtEnd_[incoming[0].from.index()] : params_[block.index()];
    }

    void rename(BlockId block) {
        valuesAtEnd_.resize(function_.blocks.size());
        values_ = block == function_.entry ? Values(count()) : valuesAtStart(block);
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        builder_.setBlock(block);
        if (block == function_.entry) {
            builder_.setBytecode(function_.entryBytecode);
            readAgain(liveAtStart_[block.index()]);
        }
        for (InstrId id : instrs) {
            builder_.setBytecode(function_.instrs[id].bytecode);
            if (auto access = accesses_.find(id); access != accesses_.end()) {
                replace(id, access->second);
                continue;
            }
            takeVersion(id);
            function_.append(block, id);
            if (function_.instrs[id].opcode == Opcode::Snapshot) {
                checkVersion(function_.instrs[id].snapshot);
            }
            if (block == function_.entry && function_.instrs[id].opcode == Opcode::Snapshot &&
                function_.instrs[id].snapshot == stateAtEntry_) {
                guardAtEntry(stateAtEntry_);
            } else if (auto live = liveBehind_.find(id); live != liveBehind_.end() && !checks_.contains(id)) {
                readAgain(live->second);
            }
        }
        valuesAtEnd_[block.index()] = std::move(values_);
    }

    void takeVersion(InstrId id) {
        const InstrId binder = checkedBy(id);
        auto check = checks_.find(binder);
        if (storesOfSums_.contains(id) || check == checks_.end()) {
            return;
        }
        const Names& live = liveBehind_.at(binder);
        if (std::find(live.begin(), live.end(), true) != live.end()) {
            versions_[check->second] = {binder, builder_.namesVersion()};
        }
    }

    /// The exit is that of the instruction that may have bound names, as which it is counted.
    void checkVersion(SnapshotId snapshot) {
        if (auto version = versions_.find(snapshot); version != versions_.end()) {
            builder_.setBytecode(function_.instrs[version->second.binder].bytecode);
            builder_.guardNamesUnchanged(version->second.version, snapshot);
        }
    }

    void readAgain(const Names& wanted) {
        for (size_t k = 0; k < count(); ++k) {
            values_[k] = wanted[k] ? builder_.readName(slotOf(k), function_.names[k].seen) : ValueId();
        }
    }

    /// What was seen is checked once, in front of all loops.
    void guardAtEntry(SnapshotId exit) {
        for (uint32_t local : guardedLocals_) {
            builder_.guardPlainLocal(local, exit);
        }
        for (size_t k = 0; k < count(); ++k) {
            if (!values_[k].valid()) {
                continue;
            }
            values_[k] = bound(k, exit);
            if (isPlain(function_.names[k].seen)) {
                values_[k] = builder_.guardType(values_[k], function_.names[k].seen, exit);
            }
        }
    }

    ValueId bound(size_t name, SnapshotId exit) {
        ValueId value = map_.resolve(values_[name]);
        return function_.values[value].type.mayBe(hir::kNull) ? builder_.guardBound(value, exit) : value;
    }

    void replace(InstrId id, const Access& access) {
        const hir::Instr instr = function_.instrs[id];
        function_.instrs[id].block = {};
        ValueId& value = values_[access.name];
        value = bound(access.name, access.before);
        const bool mustBePlain = instr.opcode == Opcode::StoreGlobal || access.isStored;
        if (mustBePlain && !isPlain(function_.values[value].type)) {
            value = builder_.guardType(value, function_.names[access.name].seen, access.before);
            if (instr.opcode == Opcode::StoreGlobal) {
                guardsOfStores_.push_back(function_.values[value].definition);
            }
        }
        if (instr.opcode == Opcode::LoadGlobal) {
            map_.replace(instr.result, builder_.copyLocal(value, slotOf(access.name)));
            return;
        }
        builder_.storeLocal(instr.operands[0], slotOf(access.name), instr.snapshot);
        value = instr.operands[0];
    }

    void passArguments() {
        for (BlockId block : order_) {
            for (size_t k = 0; k < count(); ++k) {
                for (const Edge& edge : edges_[block.index()]) {
                    if (params_[block.index()][k].valid()) {
                        targetOf(function_, edge).arguments.push_back(valuesAtEnd_[edge.from.index()][k]);
                    }
                }
            }
        }
    }

    /// What is stored over is known to be plain data now, perhaps of several types. (Nothing uses what these guards
    /// give.)
    void dropGuards() {
        for (InstrId guard : guardsOfStores_) {
            if (isPlain(function_.values[function_.instrs[guard].operands[0]].type)) {
                function_.remove(guard);
            }
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<BlockId> order_;
    ValueMap map_;
    std::unordered_map<InstrId, Access> accesses_;
    std::unordered_set<InstrId> quiet_;
    SnapshotId stateAtEntry_;
    std::unordered_map<InstrId, InstrId> storedSums_;  // with the store
    std::unordered_set<InstrId> storesOfSums_;
    std::vector<bool> plainLocals_;        // by local
    std::vector<uint32_t> guardedLocals_;  // whose content is checked at entry
    std::vector<InstrId> guardsOfStores_;
    struct Version {
        InstrId binder;
        ValueId version;
    };
    std::unordered_map<InstrId, SnapshotId> checks_;    // by instruction that may bind names
    std::unordered_map<SnapshotId, Version> versions_;  // by where it is checked
    std::vector<Names> liveAtStart_;                    // by block
    std::unordered_map<InstrId, Names> liveBehind_;     // of instructions that may bind names
    std::vector<Values> params_;                        // by block and name
    std::vector<Values> valuesAtEnd_;                   // likewise
    Values values_;                                     // where the walk is
};

}  // namespace

Changed promote_names(Function& function, PassContext& context) {
    return NamePromotion(function, context).run();
}

}  // namespace pyjion::passes
