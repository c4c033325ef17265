// SPDX-License-Identifier: MIT
// Removes reference counting that cancels out. Input: copies (IncRef, CopyLocal), found objects and new ones that are
// given back by DecRef and not passed on. Output: the copy's uses name what it was copied from, which its slot, the
// code or a reference that is given back later keeps alive meanwhile; numbers that only exits look at become boxes that
// only exits make.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "hir/looks.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

/// All that happens to a reference that is given back, and to nothing else.
struct Releases {
    std::vector<InstrId> decRefs;      // or ReleaseInOrder
    std::vector<InstrId> assumptions;  // AssumeType in front of a DecRef
    std::vector<InstrId> borrowers;    // instructions that look at the object
    std::vector<InstrId> endGuards;    // of what giving it back may do, alone or with others
};

class ReferenceElision {
  public:
    ReferenceElision(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          order_(function.reversePostorder()),
          users_(analysis::usersOf(function)),
          uses_(function),
          map_(function),
          dead_(function.instrs.size()),
          stored_(function.localCount) {}

    Changed run() {
        for (BlockId block : order_) {
            for (InstrId id : function_.blocks[block].instrs) {
                if (function_.instrs[id].opcode == Opcode::StoreLocal) {
                    stored_[hir::StoreLocal(function_, id).local()] = true;
                }
            }
        }
        findSlots();
        for (BlockId block : order_) {
            std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                visit(id);
            }
        }
        if (!changed_) {
            return Changed::kNo;
        }
        sweep();
        map_.apply(function_);
        return Changed::kYes;
    }

  private:
    void visit(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        bool isCopy = instr.opcode == Opcode::IncRef || instr.opcode == Opcode::CopyLocal;
        bool isSinkable = hir::info(instr.opcode).sinkable;
        if (instr.opcode == Opcode::LoadFound) {
            peek(id);
            return;
        }
        if ((!isCopy && !isSinkable) || users_[instr.result.index()].empty()) {
            return;
        }
        std::optional<Releases> releases = releasesOf(instr.result);
        if (!releases) {
            return;
        }
        if (isSinkable) {
            if (releases->borrowers.empty() && context_.fuel.take()) {
                remove(*releases, instr.result);
            }
        } else if (!virtualise(id, *releases)) {
            borrow(id, *releases);
        }
    }

    /// What becomes of an owned value when all that consumes it is DecRef.
    std::optional<Releases> releasesOf(ValueId value) const {
        Releases releases;
        for (InstrId id : users_[value.index()]) {
            const hir::Instr& instr = function_.instrs[id];
            if (instr.opcode == Opcode::DecRef || instr.opcode == Opcode::ReleaseInOrder ||
                instr.opcode == Opcode::ReleaseQuietly) {
                releases.decRefs.push_back(id);
            } else if (instr.opcode == Opcode::AssumeType) {
                const std::vector<InstrId>& after = users_[instr.result.index()];
                if (after.size() != 1 || function_.instrs[after[0]].opcode != Opcode::DecRef ||
                    uses_.bySnapshots[instr.result.index()] != 0) {
                    return std::nullopt;
                }
                releases.assumptions.push_back(id);
                releases.decRefs.push_back(after[0]);
            } else if (instr.opcode == Opcode::GuardQuietEnd) {
                releases.endGuards.push_back(id);
            } else if (borrows(id, value)) {
                releases.borrowers.push_back(id);
            } else {
                return std::nullopt;
            }
        }
        return releases;
    }

    bool borrows(InstrId id, ValueId value) const {
        const hir::Instr& instr = function_.instrs[id];
        if (hir::info(instr.opcode).terminator) {
            return false;  // passed to a block: where it goes from there is not followed
        }
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (instr.operands[i] == value && hir::consumesOperand(function_, id, i)) {
                return false;
            }
        }
        return true;
    }

    /// A copy of a number that nothing but exits and DecRef want: exits find the object in the slot that it was copied
    /// from, or make it when it is nowhere else.
    bool virtualise(InstrId id, const Releases& releases) {
        const hir::Instr& instr = function_.instrs[id];
        ValueId number = numberSource(function_, context_.facts, instr.result).unboxed;
        const NumberKind* kind = number.valid() ? numberKindOf(function_.values[number].type) : nullptr;
        if (kind == nullptr || !releases.borrowers.empty()) {
            return false;
        }
        std::optional<SlotRead> read = slotReadFor(function_, instr.result);
        bool isFound = read && isSlotUnchanged(id, read->local, releases) &&
                       (read->instr == id || !isStoredBetween(function_, read->instr, id, read->local));
        if ((!isFound && !isNeverMade(objectBehind(function_, instr.result))) || !context_.fuel.take()) {
            return false;
        }
        ValueId copy = instr.result;
        if (uses_.bySnapshots[copy.index()] != 0) {
            builder_.setInsertBefore(id);
            builder_.setBytecode(instr.bytecode);
            map_.replace(copy, isFound ? builder_.emit(kind->local, {number}, {hir::makeImmediate(read->local)})
                                       : builder_.emit(kind->box, {number}));
        }
        kill(id);
        remove(releases, copy);
        return true;
    }

    /// A box of which all copies are given back, and only numbers are used: exits alone make it.
    bool isNeverMade(ValueId object) const {
        InstrId definition = function_.values[object].definition;
        const NumberKind* kind = numberKindOf(function_.values[object].type);
        if (kind == nullptr || !definition.valid() || function_.instrs[definition].opcode != kind->box) {
            return false;
        }
        const std::vector<InstrId>& users = users_[object.index()];
        return std::all_of(users.begin(), users.end(), [&](InstrId user) {
            const hir::Instr& instr = function_.instrs[user];
            if (instr.opcode == Opcode::DecRef || instr.opcode == Opcode::ReleaseQuietly) {
                return true;
            }
            std::optional<Releases> ofCopy = instr.opcode == Opcode::IncRef ? releasesOf(instr.result) : std::nullopt;
            return ofCopy && ofCopy->borrowers.empty();
        });
    }

    /// A copy of an object that something else keeps alive until the copy is given back.
    void borrow(InstrId id, const Releases& releases) {
        const hir::Instr& instr = function_.instrs[id];
        ValueId copy = instr.result;
        ValueId object = instr.operands[0];
        ValueId constant = objectBehind(function_, object);
        bool isConstant = isKeptByCode(function_, constant);
        const bool isKept =
            isConstant || isKeptBySlot(id, releases) || isKeptByOwner(id, releases) || isKeptByPlace(id, releases);
        if (!isKept || !context_.fuel.take()) {
            return;
        }
        if (isConstant) {
            object = constant;
        } else if (function_.values[object].ownership == hir::Ownership::Owned &&
                   uses_.bySnapshots[copy.index()] != 0) {
            // An exit that names a stored value must take a reference of its own.
            builder_.setInsertBefore(id);
            builder_.setBytecode(instr.bytecode);
            object = builder_.borrow(object);
        }
        map_.replace(copy, object);
        kill(id);
        remove(releases, copy);
    }

    bool isKeptBySlot(InstrId id, const Releases& releases) const {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.opcode == Opcode::CopyLocal) {
            return isSlotUnchanged(id, hir::CopyLocal(function_, id).local(), releases);
        }
        const std::optional<uint32_t> local = slotOf(map_.resolve(instr.operands[0]));
        return local && isSlotUnchanged(id, *local, releases);
    }

    /// A reference, or the class of a method, that nothing takes away between the copy and the places where that is
    /// given back.
    bool isKeptByOwner(InstrId id, const Releases& releases) const {
        const ValueId owner = hir::viewRoot(function_, map_.resolve(function_.instrs[id].operands[0]));
        if (function_.instrs[id].opcode != Opcode::IncRef) {
            return false;
        }
        if (function_.values[owner].ownership == hir::Ownership::Owned) {
            return isUntil(id, releases,
                           [&](InstrId other) { return takes(other, owner) || mayStoreOver(other, owner); });
        }
        const InstrId definition = function_.values[owner].definition;
        const bool isOfClass = definition.valid() && function_.instrs[definition].opcode == Opcode::PeekFound;
        return isOfClass && isUntil(id, releases, [this](InstrId other) { return mayChangeClasses(other); });
    }

    /// A look at a place of another object, which holds the reference meanwhile.
    bool isKeptByPlace(InstrId id, const Releases& releases) const {
        const ValueId found = hir::viewRoot(function_, map_.resolve(function_.instrs[id].operands[0]));
        const InstrId look = function_.values[found].definition;
        if (function_.instrs[id].opcode != Opcode::IncRef || !look.valid()) {
            return false;
        }
        return hir::looksIntoObject(function_, look) &&
               isUntil(id, releases, [this, look](InstrId other) { return hir::endsLook(function_, other, look); });
    }

    /// Behind a store to a local its slot has the reference. (On different ways that may be different locals.)
    bool mayStoreOver(InstrId id, ValueId owner) const {
        const std::vector<InstrId>& users = users_[owner.index()];
        return std::any_of(users.begin(), users.end(), [&](InstrId user) {
            return function_.instrs[user].opcode == Opcode::StoreLocal &&
                   mayStore(id, hir::StoreLocal(function_, user).local());
        });
    }

    /// The local whose slot keeps a borrowed value alive, as far as it is used.
    std::optional<uint32_t> slotOf(ValueId value) const {
        const ValueId root = hir::viewRoot(function_, value);
        const InstrId definition = function_.values[root].definition;
        if (definition.valid()) {
            return hir::borrowedLocal(function_, definition);
        }
        const auto found = slots_.find(root);
        return found != slots_.end() ? found->second : std::nullopt;
    }

    /// Of borrowed block parameters: those of their arguments, where these agree.
    void findSlots() {
        for (BlockId block : order_) {
            for (ValueId param : function_.blocks[block].params) {
                if (function_.values[param].ownership == hir::Ownership::Borrowed) {
                    undecided_.insert(param);
                }
            }
        }
        for (bool changed = !undecided_.empty(); changed;) {
            changed = false;
            for (BlockId block : order_) {
                for (const hir::Target& target : function_.instrs[function_.terminator(block)].targets) {
                    changed = passSlots(target) || changed;
                }
            }
        }
    }

    bool passSlots(const hir::Target& target) {
        const std::vector<ValueId>& params = function_.blocks[target.block].params;
        bool changed = false;
        for (size_t i = 0; i < params.size(); ++i) {
            if (function_.values[params[i]].ownership != hir::Ownership::Borrowed ||
                undecided_.contains(hir::viewRoot(function_, target.arguments[i]))) {
                continue;
            }
            const std::optional<uint32_t> slot = slotOf(target.arguments[i]);
            if (undecided_.erase(params[i]) != 0) {
                slots_[params[i]] = slot;
                changed = true;
            } else if (slots_[params[i]] && slots_[params[i]] != slot) {
                slots_[params[i]] = std::nullopt;
                changed = true;
            }
        }
        return changed;
    }

    bool mayChangeClasses(InstrId id) const { return hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap); }

    bool takes(InstrId id, ValueId owner) const {
        const hir::Instr& instr = function_.instrs[id];
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (map_.resolve(instr.operands[i]) == owner && hir::consumesOperand(function_, id, i)) {
                return true;
            }
        }
        return std::any_of(instr.targets.begin(), instr.targets.end(), [&](const hir::Target& target) {
            return std::any_of(target.arguments.begin(), target.arguments.end(),
                               [&](ValueId argument) { return map_.resolve(argument) == owner; });
        });
    }

    /// An object that was found in a class needs no reference while nothing runs that could change the class.
    void peek(InstrId id) {
        const hir::LoadFound found(function_, id);
        const std::optional<Releases> releases = releasesOf(found.result());
        auto changes = [this](InstrId other) { return mayChangeClasses(other); };
        if (!releases || releases->decRefs.empty() || !isUntil(id, *releases, changes) || !context_.fuel.take()) {
            return;
        }
        builder_.setInsertBefore(id);
        builder_.setBytecode(function_.instrs[id].bytecode);
        map_.replace(found.result(), builder_.peekFound(found.object(), found.type()));
        kill(id);
        remove(*releases, found.result());
    }

    /// No store to the local between the copy and the places where it is given back. Stores are all that changes a
    /// running frame's slots (a tracer that does is noticed, and compiled code left, before the value is used again).
    /// What runs Python code may bind global names.
    bool isSlotUnchanged(InstrId id, uint32_t local, const Releases& releases) const {
        return (!stored_[local] && !function_.isName(local)) ||
               isUntil(id, releases, [&](InstrId other) { return mayStore(other, local); });
    }

    /// Whether a copy is given back on all ways before anything that `ends` what keeps its object alive.
    template <typename Ends>
    bool isUntil(InstrId id, const Releases& releases, Ends ends) const {
        std::vector<BlockId> pending;
        std::vector<bool> seen(function_.blocks.size());
        const std::vector<InstrId>& instrs = function_.blocks[function_.instrs[id].block].instrs;
        auto next = std::find(instrs.begin(), instrs.end(), id);
        if (!reachesReleases(next, instrs.end(), ends, releases, pending)) {
            return false;
        }
        while (!pending.empty()) {
            BlockId block = pending.back();
            pending.pop_back();
            if (seen[block.index()]) {
                continue;
            }
            seen[block.index()] = true;
            const std::vector<InstrId>& all = function_.blocks[block].instrs;
            if (!reachesReleases(all.begin(), all.end(), ends, releases, pending)) {
                return false;
            }
        }
        return true;
    }

    /// False when an end comes before a release. Without either, the block's successors are next.
    template <typename Iterator, typename Ends>
    bool reachesReleases(Iterator next, Iterator end, Ends ends, const Releases& releases,
                         std::vector<BlockId>& pending) const {
        for (; next != end; ++next) {
            if (std::find(releases.decRefs.begin(), releases.decRefs.end(), *next) != releases.decRefs.end()) {
                return true;
            }
            const hir::Instr& instr = function_.instrs[*next];
            if (!isDead(*next) && ends(*next)) {
                return false;
            }
            for (const hir::Target& target : instr.targets) {
                pending.push_back(target.block);
            }
        }
        return true;
    }

    /// Names are only stored over plain data, which runs nothing.
    bool mayStore(InstrId id, uint32_t local) const {
        if (function_.instrs[id].opcode == Opcode::StoreLocal) {
            const uint32_t stored = hir::StoreLocal(function_, id).local();
            return stored == local || (function_.isName(local) && !function_.isName(stored));
        }
        return function_.isName(local) && hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap);
    }

    bool isDead(InstrId id) const { return id.index() < dead_.size() && dead_[id.index()]; }

    void kill(InstrId id) {
        dead_.resize(function_.instrs.size());
        dead_[id.index()] = true;
        changed_ = true;
    }

    void remove(const Releases& releases, ValueId released) {
        for (InstrId id : releases.decRefs) {
            hir::Instr& instr = function_.instrs[id];
            if (instr.opcode == Opcode::ReleaseInOrder && instr.operands.size() > 1) {
                std::erase(instr.operands, released);
                changed_ = true;
            } else {
                kill(id);
            }
        }
        for (InstrId id : releases.assumptions) {
            kill(id);
        }
        for (InstrId id : releases.endGuards) {
            forgetEnd(id, released);
        }
    }

    /// What is not given back needs no guard. (Others that may be the same object have their own.)
    void forgetEnd(InstrId id, ValueId released) {
        std::vector<ValueId>& operands = function_.instrs[id].operands;
        if (operands[0] == released) {
            kill(id);
            return;
        }
        std::erase(operands, released);
        changed_ = true;
    }

    void sweep() {
        dead_.resize(function_.instrs.size());
        for (BlockId block : order_) {
            std::erase_if(function_.blocks[block].instrs, [&](InstrId id) {
                if (dead_[id.index()]) {
                    function_.instrs[id].block = {};
                }
                return static_cast<bool>(dead_[id.index()]);
            });
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    std::vector<BlockId> order_;
    std::vector<std::vector<InstrId>> users_;
    analysis::UseCounts uses_;
    ValueMap map_;
    std::vector<bool> dead_;                            // by instruction
    std::vector<bool> stored_;                          // by local: some instruction stores it
    std::map<ValueId, std::optional<uint32_t>> slots_;  // of borrowed block parameters
    std::set<ValueId> undecided_;                       // those of which no argument has been seen yet
    bool changed_ = false;
};

}  // namespace

Changed elide_references(Function& function, PassContext& context) {
    // What gives one reference back may be all that stands in the way of another pair.
    Changed changed = Changed::kNo;
    while (ReferenceElision(function, context).run() == Changed::kYes) {
        changed = Changed::kYes;
    }
    return changed;
}

}  // namespace pyjion::passes
