// SPDX-License-Identifier: MIT
// What is in the frame's slots, and which stores can be delayed: the analysis behind sink_local_stores.cpp.
//
// A store can be delayed when it stores a number that is at hand unboxed, and when what it overwrites is plain data, so
// that nobody notices when that is released.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "hir/function.h"
#include "passes/block_params.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// How a local's slot compares with the local's value.
enum class SlotState : uint8_t {
    Unreached,
    Right,  // the slot has the value
    Known,  // the slot has the value, and its number is at hand as well
    Stale,  // only the number is right
    Mixed,  // a flag says whether the number or the slot is right
};
SlotState join(SlotState a, SlotState b);

/// By local.
using SlotStates = std::vector<SlotState>;

class LocalSlots {
  public:
    LocalSlots(const hir::Function& function, const CodeFacts& facts, const EdgeTable& edges);

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

    /// Whether an instruction may show all slots to Python.
    bool showsSlots(hir::InstrId instr) const;
    /// The local whose slot an instruction reads; nothing for others, and for reads that nobody needs any more.
    std::optional<uint32_t> slotReadBy(hir::InstrId instr) const;
    /// The object of a number in a slot, that only delayed stores and exits want.
    bool isNeedless(hir::InstrId slotObject) const { return needless_.contains(slotObject); }
    /// A read of a slot only for returning the object: a new object does as well, since the frame goes.
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
    void chooseKinds();
    void classifyReads();
    void findStates();

    const hir::Function& function_;
    const CodeFacts& facts_;
    const EdgeTable& edges_;
    std::vector<hir::BlockId> order_;
    std::vector<std::vector<hir::InstrId>> users_;
    std::vector<hir::InstrId> candidates_;
    std::vector<const NumberKind*> kinds_;  // by local
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
