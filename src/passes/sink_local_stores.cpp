// SPDX-License-Identifier: MIT
// Delays stores of numbers to locals until somebody can look at the frame. Input: stores that write every new value
// through, with the unboxed number at hand. Output: snapshots that name the number for the exit to box, and WriteBack
// instructions in front of what can show the frame to Python or reads the slot; a loop without such instructions writes
// nothing. Where a slot is right on one path and stale on another, a flag travels with the number.
#include <algorithm>
#include <map>
#include <optional>
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
#include "passes/sink_local_stores_slots.h"
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
          slots_(function, context.facts, edges_),
          map_(function) {}

    Changed run() {
        if (slots_.empty() || hasCallers() || !context_.fuel.take()) {
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
                bool wasStale = before[local] == SlotState::Stale || before[local] == SlotState::Mixed;
                if (isRightNow && wasStale) {
                    delayed.written.assignInBlock(block, false_);
                }
            }
            if (std::optional<uint32_t> local = storedLocal(id)) {
                auto delayed = locals_.find(*local);
                if (delayed != locals_.end()) {
                    delayed->second.written.assignInBlock(block, slots_.isDelayed(id) ? true_ : false_);
                }
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

    std::optional<uint32_t> storedLocal(InstrId id) const {
        bool stores = function_.instrs[id].opcode == Opcode::StoreLocal;
        return stores ? std::optional(hir::StoreLocal(function_, id).local()) : std::nullopt;
    }

    // --- rewriting --------------------------------------------------------------------------------------------

    void rewrite(BlockId block) {
        block_ = block;
        states_ = slots_.atStart(block);
        boxes_.clear();
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
        if (opcode == Opcode::Snapshot && isForShowing(instrs, position)) {
            writeAllBack();
        } else if (slots_.showsSlots(id)) {
            writeAllBack();
        } else if (std::optional<uint32_t> local = slots_.slotReadBy(id)) {
            writeBack(*local);
        }
        if (opcode == Opcode::Snapshot) {
            fillState(function_.instrs[id].snapshot);
        }
        if (slots_.isNeedless(id)) {
            standIn(id);
        } else if (function_.instrs[id].opcode != Opcode::CopyLocal && slots_.isReturned(id) && returnNew(id)) {
            return;
        } else if (slots_.isDelayed(id)) {
            delay(id);
        } else if (!copyOfDelayed(id) && !copyOfReturned(id)) {
            function_.append(block_, id);
            noteNumber(id);
        }
    }

    /// The exit of an instruction that shows the slots names the snapshot, and no store lies between them: writing
    /// back in front of the snapshot saves the exit from doing it again.
    bool isForShowing(const std::vector<InstrId>& instrs, size_t position) const {
        SnapshotId snapshot = function_.instrs[instrs[position]].snapshot;
        for (size_t i = position + 1; i < instrs.size(); ++i) {
            InstrId id = instrs[i];
            if (slots_.showsSlots(id)) {
                return function_.instrs[id].snapshot == snapshot;
            }
            if (storedLocal(id) || slots_.slotReadBy(id)) {
                return false;
            }
        }
        return false;
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

    bool isStale(uint32_t local) const {
        return states_[local] == SlotState::Stale || states_[local] == SlotState::Mixed;
    }

    void writeAllBack() {
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            writeBack(local);
        }
    }

    void writeBack(uint32_t local) {
        if (!isStale(local)) {
            return;
        }
        ValueId written = writtenOf(local);
        ValueId number = numberOf(local);
        builder_.emit(locals_.at(local).kind->writeBack, {written, number}, {hir::makeImmediate(local)});
        states_[local] = states_[local] == SlotState::Stale ? SlotState::Known : SlotState::Right;
    }

    void fillState(SnapshotId snapshot) {
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            if (!isStale(local) || function_.snapshots[snapshot].locals[local].valid()) {
                continue;
            }
            const NumberKind& kind = *locals_.at(local).kind;
            ValueId number = numberOf(local);
            bool certain = states_[local] == SlotState::Stale;
            ValueId written = certain ? ValueId() : writtenOf(local);
            auto [box, isNew] = boxes_.try_emplace({number, written});
            if (isNew) {
                box->second =
                    certain ? builder_.emit(kind.box, {number}) : builder_.emit(kind.boxIf, {written, number});
            }
            function_.snapshots[snapshot].locals[local] = box->second;
        }
    }

    /// Exits that name an object which is read from its slot no longer get a box instead.
    void standIn(InstrId id) {
        hir::Instr instr = function_.instrs[id];
        const NumberKind* kind = numberKindOf(function_.values[instr.operands[0]].type);
        map_.replace(instr.result, builder_.emit(kind->box, {instr.operands[0]}));
        function_.instrs[id].block = {};
    }

    /// The object of a stale slot is returned: it is made where it was copied, and the slot stays stale.
    bool returnNew(InstrId id) {
        hir::Instr instr = function_.instrs[id];
        auto local = static_cast<uint32_t>(instr.immediates[0].integer);
        if (states_[local] != SlotState::Stale) {
            writeBack(local);
            return false;
        }
        returned_.insert(instr.result);
        standIn(id);
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

    /// The store goes. A copy that was made for it goes too; exits that name it get a box.
    void delay(InstrId id) {
        hir::StoreLocal store(function_, id);
        uint32_t local = store.local();
        ValueId object = store.value();
        DelayedLocal& delayed = locals_.at(local);
        delayed.numberHere = numbers_.at(id);
        delayed.writtenHere = true_;
        states_[local] = SlotState::Stale;
        function_.instrs[id].block = {};
        objects_[object] = {local, delayed.kind, delayed.numberHere};
        InstrId definition = function_.values[object].definition;
        bool isCopy = definition.valid() && (function_.instrs[definition].opcode == Opcode::IncRef ||
                                             function_.instrs[definition].opcode == Opcode::CopyLocal);
        if (isCopy) {
            BlockId home = function_.instrs[definition].block;
            BlockId here = builder_.block();
            builder_.setInsertBefore(definition);
            // In front of the copy the constant of the store is not there yet.
            const ConstantFact* constant = numberSource(function_, context_.facts, object).constant;
            ValueId number = constant != nullptr ? makeConstant(*delayed.kind, *constant) : delayed.numberHere;
            map_.replace(object, builder_.emit(delayed.kind->box, {number}));
            function_.remove(definition);
            PYJION_CHECK(home.valid(), "a copy is in no block");
            builder_.setBlock(here);
        }
    }

    /// Reads of the local after a delayed store copy the object of its slot.
    bool copyOfDelayed(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        if (!slots_.copiesDelayed(id)) {
            return false;
        }
        auto object = objects_.find(instr.operands[0]);
        ValueId copy = instr.result;
        bool isNew = slots_.isReturned(id) && states_[object->second.local] == SlotState::Stale;
        map_.replace(copy, isNew ? builder_.emit(object->second.kind->box, {object->second.number})
                                 : builder_.incRef(slotObject(object->second)));
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
        std::optional<LocalSlots::Known> known = slots_.knownBy(id);
        if (known) {
            locals_.at(known->local).numberHere = numbers_.at(id);
        }
        std::optional<uint32_t> stored = storedLocal(id);
        if (stored || known) {
            states_[known ? known->local : *stored] = known ? SlotState::Known : SlotState::Right;
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<BlockId> order_;
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
    std::map<std::pair<ValueId, ValueId>, ValueId> boxes_;  // of the block, by number and flag
};

}  // namespace

Changed sink_local_stores(Function& function, PassContext& context) {
    return StoreSinking(function, context).run();
}

}  // namespace pyjion::passes
