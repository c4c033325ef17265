// SPDX-License-Identifier: MIT
#include "passes/sink_local_stores_slots.h"

#include <algorithm>
#include <map>

#include "analysis/uses.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/changed_locals.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::Type;
using hir::ValueId;

SlotState join(SlotState a, SlotState b) {
    if (a == b || b == SlotState::Unreached) {
        return a;
    }
    if (a == SlotState::Unreached) {
        return b;
    }
    if (a == SlotState::Mixed || b == SlotState::Mixed) {
        return SlotState::Mixed;
    }
    bool stale = a == SlotState::Stale || b == SlotState::Stale;
    bool right = a == SlotState::Right || b == SlotState::Right;
    if (stale) {
        return right ? SlotState::Mixed : SlotState::Stale;
    }
    return SlotState::Right;
}

namespace {

uint32_t localOf(const Function& function, InstrId id) {
    return static_cast<uint32_t>(function.instrs[id].immediates[0].integer);
}

bool isSlotObject(Opcode opcode) {
    return opcode == Opcode::LocalInt || opcode == Opcode::LocalDouble || opcode == Opcode::LocalBool;
}

bool isUnbox(Opcode opcode) {
    return opcode == Opcode::UnboxInt || opcode == Opcode::UnboxDouble || opcode == Opcode::UnboxBool;
}

}  // namespace

LocalSlots::LocalSlots(const Function& function, const CodeFacts& facts, const EdgeTable& edges)
    : function_(function),
      facts_(facts),
      edges_(edges),
      order_(function.reversePostorder()),
      users_(analysis::usersOf(function)),
      kinds_(function.localCount) {
    findEntryLocals();
    std::vector<bool> changed = changedLocals(function_, order_);
    for (BlockId block : order_) {
        for (InstrId id : function_.blocks[block].instrs) {
            if (function_.instrs[id].opcode == Opcode::StoreLocal && !changed[localOf(function_, id)] &&
                isCandidate(id)) {
                candidates_.push_back(id);
            }
        }
    }
    if (candidates_.empty()) {
        return;
    }
    findContents();
    chooseKinds();
    if (delayed_.empty()) {
        return;
    }
    classifyReads();
    findStates();
}

void LocalSlots::findEntryLocals() {
    std::vector<bool> stored(function_.localCount);
    for (InstrId id : function_.blocks[function_.entry].instrs) {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.opcode == Opcode::EntryLocal) {
            entryLocals_.emplace(instr.result, localOf(function_, id));
        } else if (instr.opcode == Opcode::StoreLocal) {
            stored[localOf(function_, id)] = true;
        } else if (isUnbox(instr.opcode)) {
            auto entry = entryLocals_.find(hir::viewRoot(function_, instr.operands[0]));
            if (entry != entryLocals_.end() && !stored[entry->second]) {
                entryNumbers_.emplace(id, entry->second);
            }
        }
    }
}

/// The stored number is at hand, and all other uses of the object can do with it or read the slot.
bool LocalSlots::isCandidate(InstrId store) const {
    hir::StoreLocal view(function_, store);
    if (!numberSource(function_, facts_, view.value()).known()) {
        return false;
    }
    for (InstrId id : users_[view.value().index()]) {
        const hir::Instr& instr = function_.instrs[id];
        bool copies = instr.opcode == Opcode::CopyLocal && localOf(function_, id) == view.local();
        // An object that is passed to another block is borrowed from the slot there: the slot must keep it.
        if (id != store && !copies) {
            return false;
        }
    }
    return true;
}

// --- contents
// ---------------------------------------------------------------------------------------------------------

/// The entry block starts with a snapshot for guards to leave in.
bool LocalSlots::canGuardAtEntry() const {
    for (InstrId id : function_.blocks[function_.entry].instrs) {
        if (function_.instrs[id].opcode == Opcode::Snapshot) {
            return true;
        }
        if (hir::effectsOf(function_, id).writes.overlaps(hir::kVisibleHeaps)) {
            return false;
        }
    }
    return false;
}

/// Which slots hold plain data at entry: for certain, by a guard that is there, or by one to be added.
std::vector<bool> LocalSlots::contentsAtEntry() {
    std::vector<bool> plain(function_.localCount);
    seenAtEntry_ = function_.entryTypes;
    seenAtEntry_.resize(function_.localCount);
    if (function_.entryBytecode == 0) {
        std::fill(plain.begin() + std::min(facts_.argumentCount, function_.localCount), plain.end(), true);
    }
    std::vector<bool> stored(function_.localCount);
    for (InstrId id : function_.blocks[function_.entry].instrs) {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.opcode == Opcode::EntryLocal) {
            uint32_t local = localOf(function_, id);
            Type seen = hir::EntryLocal(function_, id).seen();
            seenAtEntry_[local] = seen.isBottom() ? seenAtEntry_[local] : seen;
            plain[local] = plain[local] || function_.values[instr.result].type.isSubtypeOf(hir::kPlainData);
        } else if (instr.opcode == Opcode::GuardType) {
            auto entry = entryLocals_.find(hir::viewRoot(function_, instr.operands[0]));
            bool guards = entry != entryLocals_.end() && !stored[entry->second] &&
                          hir::GuardType(function_, id).type().isSubtypeOf(hir::kPlainData);
            if (guards) {
                plain[entry->second] = true;
            }
        } else if (instr.opcode == Opcode::StoreLocal) {
            stored[localOf(function_, id)] = true;
        }
    }
    std::vector<bool> wanted(function_.localCount);
    for (InstrId id : candidates_) {
        wanted[localOf(function_, id)] = true;
    }
    for (uint32_t local = 0; canGuardAtEntry() && local < function_.localCount; ++local) {
        Type seen = seenAtEntry_[local];
        if (wanted[local] && !plain[local] && !seen.isBottom() && seen.isSubtypeOf(hir::kPlainData)) {
            plain[local] = true;
            guarded_.push_back({local, false});
        }
    }
    return plain;
}

/// Follows a block's stores, and notes which of them are over plain data.
void LocalSlots::contentsAfter(BlockId block, std::vector<bool>& plain) {
    for (InstrId id : function_.blocks[block].instrs) {
        if (function_.instrs[id].opcode != Opcode::StoreLocal) {
            continue;
        }
        hir::StoreLocal store(function_, id);
        if (plain[store.local()]) {
            overPlain_.insert(id);
        } else {
            overPlain_.erase(id);
        }
        plain[store.local()] = function_.values[store.value()].type.isSubtypeOf(hir::kPlainData);
    }
}

void LocalSlots::findContents() {
    plainAtStart_.assign(function_.blocks.size(), std::vector<bool>(function_.localCount, true));
    plainAtStart_[function_.entry.index()] = contentsAtEntry();
    for (bool changed = true; changed;) {
        changed = false;
        for (BlockId block : order_) {
            std::vector<bool> plain = plainAtStart_[block.index()];
            contentsAfter(block, plain);
            for (BlockId successor : function_.successors(block)) {
                std::vector<bool>& into = plainAtStart_[successor.index()];
                for (uint32_t local = 0; local < function_.localCount; ++local) {
                    if (into[local] && !plain[local]) {
                        into[local] = false;
                        changed = true;
                    }
                }
            }
        }
    }
}

/// A local has one kind of number while its stores are delayed: the one that most of its stores have.
void LocalSlots::chooseKinds() {
    std::vector<std::map<const NumberKind*, size_t>> counts(function_.localCount);
    auto kindOfStore = [&](InstrId id) {
        return numberKindOf(function_.values[objectBehind(function_, function_.instrs[id].operands[0])].type);
    };
    for (InstrId id : candidates_) {
        if (overPlain_.contains(id) && kindOfStore(id) != nullptr) {
            ++counts[localOf(function_, id)][kindOfStore(id)];
        }
    }
    for (uint32_t local = 0; local < function_.localCount; ++local) {
        size_t most = 0;
        for (auto [kind, count] : counts[local]) {
            kinds_[local] = count > most ? kind : kinds_[local];
            most = std::max(most, count);
        }
    }
    for (InstrId id : candidates_) {
        if (overPlain_.contains(id) && kindOfStore(id) != nullptr &&
            kinds_[localOf(function_, id)] == kindOfStore(id)) {
            delayed_.insert(id);
            delayedObjects_.insert(function_.instrs[id].operands[0]);
        }
    }
    std::erase_if(guarded_, [&](const EntryGuard& guard) { return kinds_[guard.local] == nullptr; });
    for (EntryGuard& guard : guarded_) {
        guard.number = kinds_[guard.local]->object == seenAtEntry_[guard.local];
    }
}

// --- states
// -----------------------------------------------------------------------------------------------------------

/// Reads of slots whose object only went into delayed stores, and those whose object is only returned.
void LocalSlots::classifyReads() {
    auto usersOfCopy = [&](InstrId user) {
        bool copies = function_.instrs[user].opcode == Opcode::IncRef;
        return copies ? users_[function_.instrs[user].result.index()] : std::vector<InstrId>();
    };
    for (BlockId block : order_) {
        for (InstrId id : function_.blocks[block].instrs) {
            const hir::Instr& instr = function_.instrs[id];
            if (copiesDelayed(id)) {
                const std::vector<InstrId>& copied = users_[instr.result.index()];
                if (copied.size() == 1 && function_.instrs[copied[0]].opcode == Opcode::Return) {
                    returned_.insert(id);
                }
            }
            if (!isSlotObject(instr.opcode)) {
                continue;
            }
            const std::vector<InstrId>& users = users_[instr.result.index()];
            bool needless = std::all_of(users.begin(), users.end(), [&](InstrId user) {
                std::vector<InstrId> after = usersOfCopy(user);
                return std::any_of(after.begin(), after.end(), [&](InstrId store) { return isDelayed(store); });
            });
            std::vector<InstrId> after = users.size() == 1 ? usersOfCopy(users[0]) : std::vector<InstrId>();
            if (needless) {
                needless_.insert(id);
            } else if (after.size() == 1 && function_.instrs[after[0]].opcode == Opcode::Return) {
                returned_.insert(id);
            }
        }
    }
}

bool LocalSlots::showsSlots(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    if (instr.opcode == Opcode::StoreLocal) {
        return !overPlain_.contains(id);
    }
    return hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap);
}

/// A copy of what a delayed store has stored needs the object, unless it is made for another delayed store.
bool LocalSlots::copiesDelayed(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    return instr.opcode == Opcode::CopyLocal && delayedObjects_.contains(instr.operands[0]) &&
           !delayedObjects_.contains(instr.result);
}

std::optional<uint32_t> LocalSlots::slotReadBy(InstrId id) const {
    Opcode opcode = function_.instrs[id].opcode;
    bool reads = opcode == Opcode::LoadLocal || opcode == Opcode::LoadBoundLocal ||
                 ((copiesDelayed(id) || isSlotObject(opcode)) && !isNeedless(id) && !isReturned(id));
    return reads ? std::optional(localOf(function_, id)) : std::nullopt;
}

/// A store that stays, and the unboxing of a local's object at entry.
std::optional<LocalSlots::Known> LocalSlots::knownBy(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    if (instr.opcode == Opcode::StoreLocal) {
        uint32_t local = localOf(function_, id);
        NumberSource source = numberSource(function_, facts_, instr.operands[0]);
        ValueId object = objectBehind(function_, instr.operands[0]);
        bool fits =
            source.known() && kinds_[local] != nullptr && numberKindOf(function_.values[object].type) == kinds_[local];
        return fits ? std::optional(Known{local, source.unboxed, source.constant}) : std::nullopt;
    }
    auto entry = entryNumbers_.find(id);
    bool fits = entry != entryNumbers_.end() && kinds_[entry->second] != nullptr &&
                kinds_[entry->second]->unboxed == function_.values[instr.result].type;
    return fits ? std::optional(Known{entry->second, instr.result, nullptr}) : std::nullopt;
}

void LocalSlots::step(SlotStates& states, InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    auto writtenBack = [](SlotState state) {
        bool stale = state == SlotState::Stale;
        return stale ? SlotState::Known : state == SlotState::Mixed ? SlotState::Right : state;
    };
    if (showsSlots(id)) {
        std::transform(states.begin(), states.end(), states.begin(), writtenBack);
    } else if (std::optional<uint32_t> local = slotReadBy(id)) {
        states[*local] = writtenBack(states[*local]);
    }
    if (instr.opcode == Opcode::StoreLocal) {
        SlotState stays = knownBy(id) ? SlotState::Known : SlotState::Right;
        states[localOf(function_, id)] = isDelayed(id) ? SlotState::Stale : stays;
    } else if (std::optional<Known> known = knownBy(id)) {
        states[known->local] = SlotState::Known;
    }
}

void LocalSlots::findStates() {
    atStart_.assign(function_.blocks.size(), SlotStates(function_.localCount, SlotState::Unreached));
    atStart_[function_.entry.index()].assign(function_.localCount, SlotState::Right);
    for (const EntryGuard& guard : guarded_) {
        atStart_[function_.entry.index()][guard.local] = guard.number ? SlotState::Known : SlotState::Right;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (BlockId block : order_) {
            SlotStates states = atStart_[block.index()];
            for (InstrId id : function_.blocks[block].instrs) {
                step(states, id);
            }
            for (BlockId successor : function_.successors(block)) {
                SlotStates& into = atStart_[successor.index()];
                for (uint32_t local = 0; local < function_.localCount; ++local) {
                    SlotState joined = join(into[local], states[local]);
                    changed = changed || joined != into[local];
                    into[local] = joined;
                }
            }
        }
    }
}

}  // namespace pyjion::passes
