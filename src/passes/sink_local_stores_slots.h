// SPDX-License-Identifier: MIT
// What is in the frame's slots, and which stores can be delayed: the analysis behind sink_local_stores.cpp.
//
// A store can be delayed when it stores a number that is at hand unboxed, when what it overwrites is plain data, so
// that nobody notices when that is released, and when no object of the number is elsewhere: it was made for this store,
// or it is that of another local, which is not made yet either. Such a copy makes two locals the same object; what is
// made for one of them later is made for both.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "hir/function.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/sink_local_stores_states.h"
#include "passes/sink_local_stores_swaps.h"

namespace pyjion::passes {

class LocalSlots {
  public:
    LocalSlots(const hir::Function& function, const CodeFacts& facts, const SwappedStores& swapped);

    bool empty() const { return delayed_.empty(); }
    /// The kind of number that a local's delayed stores have; null when it has none.
    const NumberKind* kindOf(uint32_t local) const { return kinds_[local]; }
    bool isDelayed(hir::InstrId store) const { return delayed_.contains(store); }
    /// Locals whose content at entry must be guarded, for the delaying to be right: `number` when it is to be the
    /// local's kind of number, so that the number is at hand from the start, else any plain data.
    struct EntryGuard {
        uint32_t local = 0;
        bool number = false;
    };
    const std::vector<EntryGuard>& guardedAtEntry() const { return guarded_; }

    /// The local from which a delayed store copies; nothing when it stores a new number.
    std::optional<uint32_t> sourceOf(hir::InstrId store) const;
    /// The local of which a value is the copy that such a store takes; nothing for other values.
    std::optional<uint32_t> sourceOfCopy(hir::ValueId value) const;
    const std::vector<LocalPair>& pairs() const { return pairs_; }
    /// The pair through which a local may be the same object as its source; nothing when it certainly is not.
    std::optional<size_t> pairOf(const SlotStates& states, uint32_t copy) const;
    /// Locals that may be the same object as one, itself included; sources come before their copies.
    std::vector<uint32_t> groupOf(const SlotStates& states, uint32_t local) const;

    /// Whether an instruction may show all slots to Python.
    bool showsSlots(hir::InstrId instr) const;
    /// Whether it shows those of global names: the activation ends, or their dict is looked at.
    bool showsNames(hir::InstrId instr) const;
    /// A pair that is no longer known to be the same behind what runs Python code.
    bool isPairOfNames(size_t pair) const;
    /// The local whose slot an instruction reads; nothing for others, and for reads that nobody needs any more.
    std::optional<uint32_t> slotReadBy(hir::InstrId instr) const;
    /// The object of a number in a slot, that only delayed stores and exits want.
    bool isNeedless(hir::InstrId slotObject) const { return needless_.contains(slotObject); }
    /// Nothing but exits want the object.
    bool isForExits(hir::InstrId slotObject) const;
    /// A read of a slot only for returning the object at once: a new object does as well, since the frame goes.
    bool isReturned(hir::InstrId slotObjectOrCopy) const { return returned_.contains(slotObjectOrCopy); }
    bool copiesDelayed(hir::InstrId instr) const;
    /// A local's number that becomes known: the slot has its object.
    struct Known {
        uint32_t local = 0;
        hir::ValueId number;  // invalid: the constant
        const ConstantFact* constant = nullptr;
    };
    std::optional<Known> knownBy(hir::InstrId instr) const;

    const SlotStates& atStart(hir::BlockId block) const { return atStart_[block.index()]; }
    /// The states behind an instruction.
    void step(SlotStates& states, hir::InstrId instr) const;

  private:
    void findEntryLocals();
    bool canGuardAtEntry() const;
    void findContents();
    void contentsAfter(hir::BlockId block, std::vector<bool>& plain);
    std::vector<bool> contentsAtEntry();
    bool isCandidate(hir::InstrId store) const;
    bool keepsIdentity(hir::InstrId store);
    void chooseKinds();
    void settle();
    void findPairs();
    void join(SlotStates& into, const SlotStates& from, bool& changed) const;
    void loseNames(SlotStates& states) const;
    void stepPairs(SlotStates& states, hir::InstrId store) const;
    bool dropUnfitCopies();
    bool isUnfit(const SlotStates& states, hir::InstrId copy) const;
    std::optional<hir::InstrId> unfitJoin(const SlotStates& states) const;
    bool drop(hir::InstrId store);
    bool isReturnedAtOnce(hir::InstrId read, hir::InstrId copy) const;
    void classifyReads();
    void findStates();

    const hir::Function& function_;
    const CodeFacts& facts_;
    const SwappedStores& swapped_;
    std::vector<hir::BlockId> order_;
    std::vector<std::vector<hir::InstrId>> users_;
    std::vector<hir::InstrId> candidates_;
    std::vector<const NumberKind*> kinds_;                // by local
    std::unordered_map<hir::InstrId, uint32_t> sources_;  // of stores that copy a local
    std::vector<LocalPair> pairs_;
    std::unordered_set<hir::InstrId> delayed_;
    std::unordered_set<hir::ValueId> delayedObjects_;  // what delayed stores store
    std::unordered_set<hir::InstrId> overPlain_;       // stores over plain data
    std::unordered_set<hir::InstrId> needless_;
    std::unordered_set<hir::InstrId> returned_;
    std::unordered_map<hir::ValueId, uint32_t> entryLocals_;
    std::unordered_map<hir::InstrId, uint32_t> entryNumbers_;  // unboxing of locals that were not stored yet
    std::vector<EntryGuard> guarded_;
    std::vector<hir::Type> seenAtEntry_;           // by local
    std::vector<std::vector<bool>> plainAtStart_;  // by block and local
    std::vector<SlotStates> atStart_;              // by block
};

}  // namespace pyjion::passes
