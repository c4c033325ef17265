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

LocalSlots::LocalSlots(const Function& function, const CodeFacts& facts, const SwappedStores& swapped)
    : function_(function),
      facts_(facts),
      swapped_(swapped),
      order_(function.reversePostorder()),
      users_(analysis::usersOf(function)),
      kinds_(function.localCount) {
    findEntryLocals();
    std::vector<bool> changed = changedLocals(function_, order_);
    for (BlockId block : order_) {
        for (InstrId id : function_.blocks[block].instrs) {
            if (function_.instrs[id].opcode == Opcode::StoreLocal && !changed[localOf(function_, id)] &&
                isCandidate(id) && keepsIdentity(id)) {
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
    settle();
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

/// The object was made for this store, or there is only one of its value, or it is that of another local.
bool LocalSlots::keepsIdentity(InstrId store) {
    ValueId value = function_.instrs[store].operands[0];
    NumberSource source = numberSource(function_, facts_, value);
    const NumberKind* kind = numberKindOf(function_.values[objectBehind(function_, value)].type);
    if (kind != nullptr && kind->object == hir::kBoolExact) {
        return true;
    }
    if (source.constant != nullptr) {
        return hasOneObject(*source.constant);
    }
    std::optional<SlotRead> read = slotReadFor(function_, value);
    if (!read) {
        return objectBehind(function_, value) == value;
    }
    if (read->local == localOf(function_, store) || isStoredBetween(function_, read->instr, store, read->local)) {
        return false;
    }
    sources_.emplace(store, read->local);
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
        } else if (instr.opcode == Opcode::GuardPlainLocal) {
            plain[localOf(function_, id)] = plain[localOf(function_, id)] || !stored[localOf(function_, id)];
        } else if (instr.opcode == Opcode::StoreLocal) {
            stored[localOf(function_, id)] = true;
        }
    }
    std::vector<bool> wanted(function_.localCount);
    for (InstrId id : candidates_) {
        wanted[localOf(function_, id)] = true;
    }
    // Passes make a store to a name only over plain data, see promote_names.
    std::fill(plain.begin() + function_.frameLocals(), plain.end(), true);
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
        if (plain[store.local()] || function_.isName(store.local())) {
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
    for (auto [copy, store] : swapped_) {
        if (isDelayed(copy) && !isDelayed(store)) {
            drop(copy);
        }
    }
    std::erase_if(guarded_, [&](const EntryGuard& guard) { return kinds_[guard.local] == nullptr; });
    for (EntryGuard& guard : guarded_) {
        guard.number = kinds_[guard.local]->object == seenAtEntry_[guard.local];
    }
}

// --- states
// -----------------------------------------------------------------------------------------------------------

/// Copies of locals whose object is elsewhere already are not delayed, which may change what others find. Ends, as
/// there is less and less to drop.
void LocalSlots::settle() {
    do {
        findPairs();
        classifyReads();
        findStates();
    } while (dropUnfitCopies());
}

void LocalSlots::findPairs() {
    pairs_.clear();
    for (InstrId store : candidates_) {
        auto source = sources_.find(store);
        if (!isDelayed(store) || source == sources_.end()) {
            continue;
        }
        const LocalPair pair{localOf(function_, store), source->second};
        if (std::find(pairs_.begin(), pairs_.end(), pair) == pairs_.end()) {
            pairs_.push_back(pair);
        }
    }
}

std::optional<uint32_t> LocalSlots::sourceOf(InstrId store) const {
    auto found = sources_.find(store);
    return found != sources_.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<uint32_t> LocalSlots::sourceOfCopy(ValueId value) const {
    if (value.index() >= users_.size()) {
        return std::nullopt;  // made since
    }
    for (InstrId id : users_[value.index()]) {
        if (isDelayed(id)) {
            return sourceOf(id);
        }
    }
    return std::nullopt;
}

/// Reads of slots whose object only went into delayed stores, and those whose object is only returned.
void LocalSlots::classifyReads() {
    needless_.clear();
    returned_.clear();
    auto usersOfCopy = [&](InstrId user) {
        bool copies = function_.instrs[user].opcode == Opcode::IncRef;
        return copies ? users_[function_.instrs[user].result.index()] : std::vector<InstrId>();
    };
    for (BlockId block : order_) {
        for (InstrId id : function_.blocks[block].instrs) {
            const hir::Instr& instr = function_.instrs[id];
            if (copiesDelayed(id) && isReturnedAtOnce(id, id)) {
                returned_.insert(id);
            }
            if (!isSlotObject(instr.opcode)) {
                continue;
            }
            const std::vector<InstrId>& users = users_[instr.result.index()];
            bool needless = std::all_of(users.begin(), users.end(), [&](InstrId user) {
                std::vector<InstrId> after = usersOfCopy(user);
                return std::any_of(after.begin(), after.end(), [&](InstrId store) { return isDelayed(store); });
            });
            if (needless) {
                needless_.insert(id);
            } else if (users.size() == 1 && isReturnedAtOnce(id, users[0])) {
                returned_.insert(id);
            }
        }
    }
}

bool LocalSlots::isForExits(InstrId slotObject) const {
    const hir::Instr& instr = function_.instrs[slotObject];
    return isSlotObject(instr.opcode) && instr.result.index() < users_.size() && users_[instr.result.index()].empty();
}

/// The copy of an object goes into a Return, and nothing looks at a slot until there.
bool LocalSlots::isReturnedAtOnce(InstrId read, InstrId copy) const {
    const hir::Instr& instr = function_.instrs[copy];
    if (instr.opcode != Opcode::IncRef && instr.opcode != Opcode::CopyLocal) {
        return false;
    }
    const std::vector<InstrId>& users = users_[instr.result.index()];
    if (users.size() != 1 || function_.instrs[users[0]].opcode != Opcode::Return ||
        function_.instrs[users[0]].block != function_.instrs[read].block ||
        function_.isName(localOf(function_, read))) {
        return false;
    }
    const std::vector<InstrId>& instrs = function_.blocks[function_.instrs[read].block].instrs;
    return std::all_of(std::find(instrs.begin(), instrs.end(), read) + 1, instrs.end(), [&](InstrId id) {
        Opcode opcode = function_.instrs[id].opcode;
        bool reads = (isSlotObject(opcode) && !isForExits(id)) || (opcode == Opcode::CopyLocal && id != copy);
        return !reads && opcode != Opcode::StoreLocal && !showsSlots(id);
    });
}

bool LocalSlots::showsSlots(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    if (instr.opcode == Opcode::StoreLocal) {
        return !overPlain_.contains(id);
    }
    return hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap);
}

bool LocalSlots::showsNames(InstrId id) const {
    const Opcode opcode = function_.instrs[id].opcode;
    return !function_.names.empty() &&
           (opcode == Opcode::Return || opcode == Opcode::ReturnInt || opcode == Opcode::NamesVersion);
}

/// A copy of what a delayed store has stored needs the object, unless it is made for another delayed store.
bool LocalSlots::copiesDelayed(InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    return instr.opcode == Opcode::CopyLocal && delayedObjects_.contains(instr.operands[0]) &&
           !delayedObjects_.contains(instr.result);
}

std::optional<uint32_t> LocalSlots::slotReadBy(InstrId id) const {
    Opcode opcode = function_.instrs[id].opcode;
    bool reads = opcode == Opcode::LoadLocal || opcode == Opcode::PeekLocal || opcode == Opcode::LoadBoundLocal ||
                 opcode == Opcode::ReadName ||
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

std::optional<size_t> LocalSlots::pairOf(const SlotStates& states, uint32_t copy) const {
    for (size_t i = 0; i < pairs_.size(); ++i) {
        if (pairs_[i].copy == copy && states.same[i] != Sameness::No) {
            return i;
        }
    }
    return std::nullopt;
}

std::vector<uint32_t> LocalSlots::groupOf(const SlotStates& states, uint32_t local) const {
    // Before unfit copies are dropped there may be circles.
    std::optional<size_t> pair = pairOf(states, local);
    for (size_t steps = 0; pair && steps < pairs_.size(); ++steps) {
        local = pairs_[*pair].source;
        pair = pairOf(states, local);
    }
    std::vector<uint32_t> group{local};
    for (size_t i = 0; i < group.size(); ++i) {
        for (size_t next = 0; next < pairs_.size(); ++next) {
            uint32_t copy = pairs_[next].copy;
            bool isNew = std::find(group.begin(), group.end(), copy) == group.end();
            if (pairs_[next].source == group[i] && states.same[next] != Sameness::No && isNew) {
                group.push_back(copy);
            }
        }
    }
    return group;
}

void LocalSlots::step(SlotStates& states, InstrId id) const {
    const hir::Instr& instr = function_.instrs[id];
    if (showsSlots(id)) {
        std::transform(states.slots.begin(), states.slots.end(), states.slots.begin(), writtenBack);
        loseNames(states);
    } else if (showsNames(id)) {
        const auto first = states.slots.begin() + function_.frameLocals();
        std::transform(first, states.slots.end(), first, writtenBack);
    } else if (std::optional<uint32_t> local = slotReadBy(id); local && isStale(states[*local])) {
        for (uint32_t member : groupOf(states, *local)) {
            states[member] = writtenBack(states[member]);
        }
    }
    if (instr.opcode == Opcode::StoreLocal) {
        SlotState stays = knownBy(id) ? SlotState::Known : SlotState::Right;
        std::optional<uint32_t> source = isDelayed(id) ? sourceOf(id) : std::nullopt;
        SlotState delayed = SlotState::Stale;
        if (source) {
            delayed = states[*source];
        }
        stepPairs(states, id);
        states[localOf(function_, id)] = isDelayed(id) ? delayed : stays;
    } else if (std::optional<Known> known = knownBy(id)) {
        states[known->local] = SlotState::Known;
    }
}

/// What runs Python code may have bound names to other objects.
void LocalSlots::loseNames(SlotStates& states) const {
    std::fill(states.slots.begin() + function_.frameLocals(), states.slots.end(), SlotState::Right);
    for (size_t i = 0; i < pairs_.size(); ++i) {
        states.same[i] = isPairOfNames(i) ? Sameness::No : states.same[i];
    }
}

bool LocalSlots::isPairOfNames(size_t pair) const {
    return function_.isName(pairs_[pair].copy) || function_.isName(pairs_[pair].source);
}

/// A store makes a local another object, or the same one as that from which it copies.
void LocalSlots::stepPairs(SlotStates& states, InstrId store) const {
    uint32_t local = localOf(function_, store);
    std::optional<uint32_t> source = isDelayed(store) ? sourceOf(store) : std::nullopt;
    const LocalPair stored{local, source.value_or(local)};
    for (size_t i = 0; i < pairs_.size(); ++i) {
        if (pairs_[i].copy == local || pairs_[i].source == local) {
            states.same[i] = pairs_[i] == stored ? Sameness::Yes : Sameness::No;
        }
    }
}

void LocalSlots::join(SlotStates& into, const SlotStates& from, bool& changed) const {
    SlotStates before = into;
    for (uint32_t local = 0; local < function_.localCount; ++local) {
        into[local] = passes::join(into[local], from[local]);
    }
    for (size_t i = 0; i < pairs_.size(); ++i) {
        into.same[i] = passes::join(into.same[i], from.same[i]);
    }
    changed = changed || before != into;
}

void LocalSlots::findStates() {
    const SlotStates unreached{std::vector(function_.localCount, SlotState::Unreached),
                               std::vector(pairs_.size(), Sameness::Unreached)};
    atStart_.assign(function_.blocks.size(), unreached);
    SlotStates& entry = atStart_[function_.entry.index()];
    entry.slots.assign(function_.localCount, SlotState::Right);
    entry.same.assign(pairs_.size(), Sameness::No);
    for (const EntryGuard& guard : guarded_) {
        entry[guard.local] = guard.number ? SlotState::Known : SlotState::Right;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (BlockId block : order_) {
            SlotStates states = atStart_[block.index()];
            for (InstrId id : function_.blocks[block].instrs) {
                step(states, id);
            }
            for (BlockId successor : function_.successors(block)) {
                join(atStart_[successor.index()], states, changed);
            }
        }
    }
}

// --- copies
// -----------------------------------------------------------------------------------------------------------

/// True when something was dropped.
bool LocalSlots::dropUnfitCopies() {
    for (BlockId block : order_) {
        SlotStates states = atStart_[block.index()];
        if (std::optional<InstrId> store = unfitJoin(states)) {
            return drop(*store);
        }
        for (InstrId id : function_.blocks[block].instrs) {
            if (isDelayed(id) && sourceOf(id) && isUnfit(states, id)) {
                return drop(id);
            }
            step(states, id);
        }
    }
    return false;
}

bool LocalSlots::drop(InstrId store) {
    delayed_.erase(store);
    delayedObjects_.erase(function_.instrs[store].operands[0]);
    return true;
}

/// The object that is copied is in a slot already; or the source is a copy itself, or has another copy, so that it
/// could not be told who is left with whom when one of them changes.
bool LocalSlots::isUnfit(const SlotStates& states, InstrId copy) const {
    uint32_t local = localOf(function_, copy);
    uint32_t source = *sourceOf(copy);
    bool isNumber = states[source] == SlotState::Stale || states[source] == SlotState::Mixed;
    if (!isNumber || kinds_[source] != kinds_[local]) {
        return true;
    }
    for (size_t i = 0; i < pairs_.size(); ++i) {
        bool withSource = pairs_[i].copy == source || pairs_[i].source == source;
        bool withLocal = pairs_[i].copy == local || pairs_[i].source == local;
        if (withSource && !withLocal && states.same[i] != Sameness::No) {
            return true;
        }
    }
    return false;
}

/// Where paths meet: a local may be a copy of one local at most, and not of one that may be a copy of it.
std::optional<InstrId> LocalSlots::unfitJoin(const SlotStates& states) const {
    std::vector<std::optional<size_t>> pairs(function_.localCount);  // by copy
    for (size_t i = 0; i < pairs_.size(); ++i) {
        if (states.same[i] != Sameness::Yes && states.same[i] != Sameness::Maybe) {
            continue;
        }
        uint32_t local = pairs_[i].source;
        for (size_t steps = 0; steps <= pairs_.size() && pairs[local]; ++steps) {
            local = pairs_[*pairs[local]].source;
        }
        if (pairs[pairs_[i].copy] || local == pairs_[i].copy) {
            auto store = std::find_if(candidates_.begin(), candidates_.end(), [&](InstrId id) {
                return isDelayed(id) && localOf(function_, id) == pairs_[i].copy && sourceOf(id) == pairs_[i].source;
            });
            return *store;
        }
        pairs[pairs_[i].copy] = i;
    }
    return std::nullopt;
}

}  // namespace pyjion::passes
