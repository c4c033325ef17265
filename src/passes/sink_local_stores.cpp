// SPDX-License-Identifier: MIT
// Delays stores of numbers to locals until somebody can look at the frame. Input: stores that write every new value
// through, with the unboxed number at hand. Output: snapshots that name the number for the exit to box, and WriteBack
// instructions in front of what can show the frame to Python or reads the slot; a loop without such instructions writes
// nothing. Where a slot is right on one path and stale on another, a flag travels with the number. Another one says of
// two locals whether they still are the same object, so that what is made for one of them is made for both.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/check.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/block_params.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/sink_local_stores_showing.h"
#include "passes/sink_local_stores_slots.h"
#include "passes/sink_local_stores_states.h"
#include "passes/sink_local_stores_swaps.h"
#include "passes/ssa_construction.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// A local with delayed stores: its number, and whether the number (and not the slot) is right.
struct DelayedLocal {
    const NumberKind* kind;
    SsaVariable number;
    SsaVariable written;
    ValueId numberHere;  // during the walk through a block; invalid: as at its start
    ValueId writtenHere;
};

class StoreSinking {
  public:
    StoreSinking(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          edges_(incomingEdges(function)),
          order_(function.reversePostorder()),
          swapped_(swapStores(function)),
          slots_(settle(function, context.facts, swapped_)),
          map_(function) {}

    Changed run() {
        bool sinks = !slots_.empty() && !hasCallers() && context_.fuel.take();
        for (auto [copy, store] : swapped_) {
            if (sinks) {
                removeStatesBetween(function_, copy, store);
            } else {
                swapBack(function_, copy, store);
            }
        }
        if (!sinks) {
            return Changed::kNo;
        }
        prepareEntry();
        for (BlockId block : order_) {
            assign(block);
        }
        for (BlockId block : order_) {
            rewrite(block);
        }
        map_.apply(function_);
        removeRedundantParams(function_);
        return Changed::kYes;
    }

  private:
    /// Leaves those swapped whose copy is delayed. The others are swapped back, and since the slots were looked at in
    /// another order then, they are looked at again.
    static LocalSlots settle(Function& function, const CodeFacts& facts, SwappedStores& swapped) {
        for (;;) {
            LocalSlots slots(function, facts, swapped);
            const size_t swappedBack = std::erase_if(swapped, [&](const auto& pair) {
                const bool goesBack = !slots.isDelayed(pair.first);
                if (goesBack) {
                    swapBack(function, pair.first, pair.second);
                }
                return goesBack;
            });
            if (swappedBack == 0) {
                return slots;
            }
        }
    }

    /// Snapshots of inlined code name locals of several frames.
    bool hasCallers() const {
        return std::any_of(function_.snapshots.begin(), function_.snapshots.end(),
                           [](const hir::Snapshot& state) { return state.parent.valid(); });
    }

    // --- assignments ------------------------------------------------------------------------------------------

    void prepareEntry() {
        builder_.setInsertBefore(function_.blocks[function_.entry].instrs.front());
        builder_.setBytecode(function_.entryBytecode);
        true_ = builder_.constBool(true);
        false_ = builder_.constBool(false);
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            const NumberKind* kind = slots_.kindOf(local);
            if (kind == nullptr) {
                continue;
            }
            SsaVariable number(function_, edges_, kind->unboxed, hir::Ownership::None);
            SsaVariable written(function_, edges_, hir::kBool, hir::Ownership::None);
            // Never read while it means nothing: the flag is false then.
            number.assignInBlock(function_.entry, makeConstant(*kind, {}));
            written.assignInBlock(function_.entry, false_);
            locals_.emplace(local, DelayedLocal{kind, std::move(number), std::move(written), {}, {}});
        }
        for (size_t i = 0; i < slots_.pairs().size(); ++i) {
            same_.emplace_back(function_, edges_, hir::kBool, hir::Ownership::None);
            same_.back().assignInBlock(function_.entry, false_);
        }
        guardContents();
    }

    /// The guards go behind the first snapshot, whose state they leave in.
    void guardContents() {
        if (slots_.guardedAtEntry().empty()) {
            return;
        }
        const std::vector<InstrId>& instrs = function_.blocks[function_.entry].instrs;
        auto first = std::find_if(instrs.begin(), instrs.end(),
                                  [&](InstrId id) { return function_.instrs[id].opcode == Opcode::Snapshot; });
        SnapshotId exit = function_.instrs[*first].snapshot;
        builder_.setInsertBefore(*(first + 1));
        for (const LocalSlots::EntryGuard& guard : slots_.guardedAtEntry()) {
            if (!guard.number) {
                builder_.guardPlainLocal(guard.local, exit);
                continue;
            }
            DelayedLocal& delayed = locals_.at(guard.local);
            ValueId object = builder_.guardBound(builder_.entryLocal(guard.local, delayed.kind->object), exit);
            object = builder_.guardType(object, delayed.kind->object, exit);
            bool canLeave = delayed.kind->unbox == Opcode::UnboxInt;
            ValueId number = builder_.emit(delayed.kind->unbox, {object}, {}, canLeave ? exit : SnapshotId());
            delayed.number.assignInBlock(function_.entry, number);
        }
    }

    ValueId makeConstant(const NumberKind& kind, const ConstantFact& fact) {
        if (kind.unboxed == hir::kInt64) {
            return builder_.constInt(fact.integer);
        }
        return kind.unboxed == hir::kDouble ? builder_.constDouble(fact.real) : builder_.constBool(fact.integer != 0);
    }

    /// Notes what the variables are at the end of a block.
    void assign(BlockId block) {
        SlotStates states = slots_.atStart(block);
        std::vector<InstrId> instrs = function_.blocks[block].instrs;
        for (InstrId id : instrs) {
            SlotStates before = states;
            slots_.step(states, id);
            for (auto& [local, delayed] : locals_) {
                bool isRightNow = states[local] == SlotState::Right || states[local] == SlotState::Known;
                if (isRightNow && passes::isStale(before[local])) {
                    delayed.written.assignInBlock(block, false_);
                }
            }
            for (size_t i = 0; i < same_.size(); ++i) {
                if (slots_.isPairOfNames(i) && slots_.showsSlots(id)) {
                    same_[i].assignInBlock(block, false_);
                }
            }
            if (std::optional<uint32_t> local = storedLocal(id)) {
                assignFlags(block, id, *local, before);
            }
            if (std::optional<LocalSlots::Known> known = slots_.knownBy(id)) {
                builder_.setInsertBefore(id);
                builder_.setBytecode(function_.instrs[id].bytecode);
                DelayedLocal& delayed = locals_.at(known->local);
                ValueId number =
                    known->constant != nullptr ? makeConstant(*delayed.kind, *known->constant) : known->number;
                numbers_[id] = number;
                delayed.number.assignInBlock(block, number);
            }
        }
    }

    void assignFlags(BlockId block, InstrId store, uint32_t local, const SlotStates& states) {
        const uint32_t source = slots_.isDelayed(store) ? slots_.sourceOf(store).value_or(local) : local;
        const LocalPair stored{local, source};
        for (size_t i = 0; i < same_.size(); ++i) {
            const LocalPair& pair = slots_.pairs()[i];
            if (pair.copy == local || pair.source == local) {
                same_[i].assignInBlock(block, pair == stored ? true_ : false_);
            }
        }
        auto delayed = locals_.find(local);
        if (delayed == locals_.end()) {
            return;
        }
        ValueId written = slots_.isDelayed(store) ? true_ : false_;
        if (source != local && states[source] == SlotState::Mixed) {
            // The flag of the source, which is found when all assignments are known.
            builder_.setInsertBefore(store);
            builder_.setBytecode(function_.instrs[store].bytecode);
            ValueId negated = builder_.boolNot(true_);
            written = builder_.boolNot(negated);
            copiedFlags_[store] = {function_.values[negated].definition, written};
        }
        delayed->second.written.assignInBlock(block, written);
    }

    std::optional<uint32_t> storedLocal(InstrId id) const {
        bool stores = function_.instrs[id].opcode == Opcode::StoreLocal;
        return stores ? std::optional(hir::StoreLocal(function_, id).local()) : std::nullopt;
    }

    // --- rewriting --------------------------------------------------------------------------------------------

    void rewrite(BlockId block) {
        block_ = block;
        states_ = slots_.atStart(block);
        boxes_.clear();
        held_.clear();
        slotObjects_.clear();
        for (auto& [local, delayed] : locals_) {
            delayed.numberHere = {};
            delayed.writtenHere = {};
        }
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        builder_.setBlock(block);
        for (size_t i = 0; i < instrs.size(); ++i) {
            visit(instrs, i);
        }
    }

    void visit(const std::vector<InstrId>& instrs, size_t position) {
        InstrId id = instrs[position];
        Opcode opcode = function_.instrs[id].opcode;
        builder_.setBytecode(function_.instrs[id].bytecode);
        if (opcode == Opcode::Snapshot && isForShowing(function_, slots_, instrs, position)) {
            writeAllBack();
        } else if (opcode == Opcode::Snapshot && isForShowingNames(function_, slots_, instrs, position)) {
            writeNamesBack();
        } else if (slots_.showsSlots(id)) {
            writeAllBack();
        } else if (slots_.showsNames(id)) {
            writeNamesBack();
        } else if (std::optional<uint32_t> local = slots_.slotReadBy(id)) {
            writeBack(*local);
        }
        if (opcode == Opcode::Snapshot) {
            fillState(function_.instrs[id].snapshot);
        }
        if ((opcode == Opcode::GuardUnshared && !needsGuard(id)) || isNoLongerRead(id)) {
            function_.instrs[id].block = {};
        } else if (opcode != Opcode::CopyLocal && slots_.isReturned(id) && returnNew(id)) {
            return;
        } else if (slots_.isDelayed(id)) {
            delay(id);
        } else if (!copyOfDelayed(id) && !copyOfReturned(id)) {
            function_.append(block_, id);
            noteNumber(id);
        }
        slots_.step(states_, id);
    }

    ValueId numberOf(uint32_t local) {
        DelayedLocal& delayed = locals_.at(local);
        if (!delayed.numberHere.valid()) {
            delayed.numberHere =
                block_ == function_.entry ? delayed.number.atEnd(block_) : delayed.number.atStart(block_);
        }
        return delayed.numberHere;
    }

    /// Whether the number is what is right: certainly, or by the flag.
    ValueId writtenOf(uint32_t local) {
        if (states_[local] != SlotState::Mixed) {
            return true_;
        }
        DelayedLocal& delayed = locals_.at(local);
        if (!delayed.writtenHere.valid()) {
            delayed.writtenHere = delayed.written.atStart(block_);
        }
        return delayed.writtenHere;
    }

    bool isStale(uint32_t local) const { return passes::isStale(states_[local]); }

    void writeAllBack() {
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            writeBack(local);
        }
    }

    void writeNamesBack() {
        for (uint32_t local = function_.frameLocals(); local < function_.localCount; ++local) {
            writeBack(local);
        }
    }

    /// What is made for a local is made for those that are the same object.
    void writeBack(uint32_t local) {
        if (!isStale(local)) {
            return;
        }
        const std::vector<uint32_t> group = slots_.groupOf(states_, local);
        for (uint32_t member : group) {
            if (!isStale(member)) {
                continue;
            }
            Identity identity = identityOf(member);
            builder_.emit(locals_.at(member).kind->writeBack, {identity.written, identity.number, identity.same},
                          {hir::makeImmediate(member), hir::makeImmediate(identity.source)});
        }
        slotObjects_.clear();
        for (uint32_t member : group) {
            states_[member] = writtenBack(states_[member]);
        }
    }

    /// Which object a stale local is: that of its source's number when they are the same, else that of its own one.
    struct Identity {
        ValueId number;
        ValueId written;
        ValueId same;
        ValueId other;        // the source's number
        uint32_t source = 0;  // the local itself when there is none
    };

    Identity identityOf(uint32_t local) {
        Identity identity{numberOf(local), writtenOf(local), false_, {}, local};
        identity.other = identity.number;
        std::optional<size_t> pair = slots_.pairOf(states_, local);
        if (pair) {
            identity.source = slots_.pairs()[*pair].source;
            identity.other = numberOf(identity.source);
            identity.same = states_.same[*pair] == Sameness::Yes ? true_ : same_[*pair].atStart(block_);
        }
        return identity;
    }

    /// The object of a local for a snapshot here.
    ValueId objectHere(uint32_t local) {
        auto held = held_.find(local);
        if (held != held_.end()) {
            return held->second;
        }
        const NumberKind& kind = *locals_.at(local).kind;
        Identity identity = identityOf(local);
        auto [box, isNew] = boxes_.try_emplace({local, identity.number, identity.written, identity.same});
        if (isNew) {
            bool isCertain = identity.written == true_ && (identity.same == false_ || identity.same == true_);
            box->second =
                isCertain
                    ? builder_.emit(kind.box, {identity.same == true_ ? identity.other : identity.number})
                    : builder_.emit(kind.boxIf, {identity.written, identity.number, identity.same, identity.other},
                                    {hir::makeImmediate(local)});
        }
        return box->second;
    }

    void fillState(SnapshotId snapshot) {
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            if (isStale(local) && !function_.snapshots[snapshot].locals[local].valid()) {
                ValueId object = objectHere(local);
                function_.snapshots[snapshot].locals[local] = object;
            }
        }
        hir::Snapshot state = function_.snapshots[snapshot];
        for (std::vector<ValueId>* list : {&state.locals, &state.stack}) {
            for (ValueId& value : *list) {
                std::optional<uint32_t> local = value.valid() ? localBehind(value) : std::nullopt;
                if (local) {
                    value = isStale(*local) ? objectHere(*local) : slotObjectHere(*local, value);
                }
            }
        }
        function_.snapshots[snapshot] = std::move(state);
    }

    /// What exits find in a slot that has been written back since the value was read, perhaps.
    ValueId slotObjectHere(uint32_t local, ValueId value) {
        auto [found, isNew] = slotObjects_.try_emplace(local);
        if (isNew) {
            hir::Instr read = function_.instrs[function_.values[value].definition];
            found->second = builder_.emit(read.opcode, read.operands, read.immediates);
        }
        return found->second;
    }

    /// The local in whose slot exits would look for an object, or from which a delayed store copies it.
    std::optional<uint32_t> localBehind(ValueId value) const {
        InstrId definition = function_.values[value].definition;
        if (!definition.valid()) {
            return std::nullopt;
        }
        if (slots_.isForExits(definition) || slots_.isNeedless(definition)) {
            return hir::borrowedLocal(function_, definition);
        }
        return slots_.sourceOfCopy(value);
    }

    /// What is in a stale slot is no longer looked for: exits get the object of the number.
    bool isNoLongerRead(InstrId id) const {
        return slots_.isNeedless(id) && isStale(*hir::borrowedLocal(function_, id));
    }

    /// The guard of a returned int whose object may be in the slot.
    bool needsGuard(InstrId id) {
        uint32_t local = hir::GuardUnshared(function_, id).local();
        if (!isStale(local)) {
            return true;
        }
        ValueId written = writtenOf(local);
        function_.instrs[id].operands[1] = written;
        return written != true_;
    }

    ValueId makeObject(const NumberKind& kind, ValueId number, uint32_t local) {
        ValueId object = builder_.emit(kind.box, {number});
        held_[local] = builder_.borrow(object);
        return object;
    }

    /// The object is returned at once, and no other local is the same.
    bool canBeNew(uint32_t local) const {
        return states_[local] == SlotState::Stale && slots_.groupOf(states_, local).size() == 1;
    }

    /// The object of a stale slot is returned: it is made where it was copied, and the slot stays stale.
    bool returnNew(InstrId id) {
        hir::Instr instr = function_.instrs[id];
        auto local = static_cast<uint32_t>(instr.immediates[0].integer);
        if (!canBeNew(local)) {
            writeBack(local);
            return false;
        }
        returned_.insert(instr.result);
        map_.replace(instr.result, makeObject(*locals_.at(local).kind, numberOf(local), local));
        function_.instrs[id].block = {};
        return true;
    }

    /// IncRef of such an object: the new object is what it gives.
    bool copyOfReturned(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.opcode != Opcode::IncRef || !returned_.contains(instr.operands[0])) {
            return false;
        }
        map_.replace(instr.result, instr.operands[0]);
        function_.instrs[id].block = {};
        return true;
    }

    /// The store goes, and a copy that was made for it too.
    void delay(InstrId id) {
        hir::StoreLocal store(function_, id);
        uint32_t local = store.local();
        ValueId object = store.value();
        DelayedLocal& delayed = locals_.at(local);
        delayed.writtenHere = true_;
        if (auto flag = copiedFlags_.find(id); flag != copiedFlags_.end()) {
            uint32_t source = *slots_.sourceOf(id);
            function_.instrs[flag->second.negation].operands[0] = writtenOf(source);
            builder_.copySlot(flag->second.written, local, source);
            delayed.writtenHere = flag->second.written;
        }
        delayed.numberHere = numbers_.at(id);
        function_.instrs[id].block = {};
        objects_[object] = {local, delayed.kind, delayed.numberHere};
        held_.erase(local);
        slotObjects_.erase(local);
        InstrId definition = function_.values[object].definition;
        bool isCopy = definition.valid() && (function_.instrs[definition].opcode == Opcode::IncRef ||
                                             function_.instrs[definition].opcode == Opcode::CopyLocal);
        if (isCopy) {
            BlockId home = function_.instrs[definition].block;
            BlockId here = builder_.block();
            replaceCopy(definition, id);
            function_.remove(definition);
            PYJION_CHECK(home.valid(), "a copy is in no block");
            builder_.setBlock(here);
        }
    }

    /// Exits that name the copy of something else than a local's number, a constant or a truth value, get a box.
    void replaceCopy(InstrId copy, InstrId store) {
        if (slots_.sourceOf(store)) {
            return;
        }
        builder_.setInsertBefore(copy);
        ValueId object = function_.instrs[copy].result;
        // In front of the copy the constant of the store is not there yet.
        const NumberKind& kind = *locals_.at(hir::StoreLocal(function_, store).local()).kind;
        const ConstantFact* constant = numberSource(function_, context_.facts, object).constant;
        ValueId number = constant != nullptr ? makeConstant(kind, *constant) : numbers_.at(store);
        map_.replace(object, builder_.emit(kind.box, {number}));
    }

    /// Reads of the local after a delayed store copy the object of its slot.
    bool copyOfDelayed(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        if (!slots_.copiesDelayed(id)) {
            return false;
        }
        Object object = objects_.find(instr.operands[0])->second;
        ValueId copy = instr.result;
        bool isNew = slots_.isReturned(id) && canBeNew(object.local);
        map_.replace(
            copy, isNew ? makeObject(*object.kind, object.number, object.local) : builder_.incRef(slotObject(object)));
        function_.instrs[id].block = {};
        return true;
    }

    struct Object {
        uint32_t local = 0;
        const NumberKind* kind = nullptr;
        ValueId number;
    };

    ValueId slotObject(const Object& object) {
        writeBack(object.local);
        return builder_.emit(object.kind->local, {object.number}, {hir::makeImmediate(object.local)});
    }

    /// A store that stays, and numbers found at entry.
    void noteNumber(InstrId id) {
        if (std::optional<LocalSlots::Known> known = slots_.knownBy(id)) {
            locals_.at(known->local).numberHere = numbers_.at(id);
        }
        if (std::optional<uint32_t> stored = storedLocal(id)) {
            slotObjects_.erase(*stored);
        }
    }

    /// Where the flag of a delayed store is that copies from a slot which may be right.
    struct CopiedFlag {
        InstrId negation;
        ValueId written;
    };

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<BlockId> order_;
    SwappedStores swapped_;
    LocalSlots slots_;
    ValueMap map_;
    std::unordered_map<uint32_t, DelayedLocal> locals_;
    std::unordered_map<InstrId, ValueId> numbers_;  // what knownBy says, as a value
    std::unordered_map<ValueId, Object> objects_;   // of delayed stores
    std::unordered_set<ValueId> returned_;          // objects of slots that are only returned
    ValueId true_;
    ValueId false_;
    BlockId block_;
    SlotStates states_;
    std::vector<SsaVariable> same_;  // by pair
    std::unordered_map<InstrId, CopiedFlag> copiedFlags_;
    std::map<std::tuple<uint32_t, ValueId, ValueId, ValueId>, ValueId> boxes_;  // of the block: local, number, flags
    std::unordered_map<uint32_t, ValueId> held_;         // by local: its object, made for a Return
    std::unordered_map<uint32_t, ValueId> slotObjects_;  // of the block, by local, for exits
};

}  // namespace

Changed sink_local_stores(Function& function, PassContext& context) {
    return StoreSinking(function, context).run();
}

}  // namespace pyjion::passes
