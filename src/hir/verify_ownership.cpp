// SPDX-License-Identifier: MIT
// Rules 10 to 12 of the verifier: where every reference is. A forward analysis over the reachable blocks keeps a place
// for each owned value, and for what is borrowed from the slot of a local or from a place of another object.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "hir/looks.h"
#include "hir/places.h"
#include "hir/print.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

namespace {

/// What holds at the start of a block.
struct Entry {
    bool reached = false;
    PlaceList places;
};

class OwnershipVerifier {
  public:
    explicit OwnershipVerifier(VerifyContext& context)
        : context_(context),
          function_(context.function),
          entry_(context.function.blocks.size()),
          tracked_(context.function.values.size()),
          outlives_(context.function.values.size()),
          seen_(context.function.values.size()),
          places_(context.function.values.size()) {}

    void run() {
        findTracked();
        findOutliving();
        entry_[function_.entry.index()].reached = true;
        for (bool changed = true; changed;) {
            changed = false;
            for (BlockId block : context_.order) {
                changed = walk(block) || changed;
            }
        }
        reporting_ = true;
        for (BlockId block : context_.order) {
            reportConflicts(block);
            walk(block);
        }
    }

  private:
    const Value& value(ValueId id) const { return function_.values[id]; }

    /// Owned values but those that exits make; what is borrowed from a local's slot or from a place of an object;
    /// borrowed block parameters, which may be such.
    void findTracked() {
        std::vector<bool> usedByCode(function_.values.size());
        for (BlockId block : context_.order) {
            for (InstrId id : function_.blocks[block].instrs) {
                for (ValueId operand : function_.instrs[id].operands) {
                    usedByCode[operand.index()] = true;
                }
                for (const Target& target : function_.instrs[id].targets) {
                    for (ValueId argument : target.arguments) {
                        usedByCode[argument.index()] = true;
                    }
                }
            }
        }
        for (size_t i = 0; i < tracked_.size(); ++i) {
            const Value& data = value(ValueId(static_cast<uint32_t>(i)));
            bool sunk = data.definition.valid() && infoOf(function_, data.definition).sinkable && !usedByCode[i];
            bool borrowed = data.definition.valid() ? borrowedLocal(function_, data.definition).has_value() ||
                                                          looksIntoObject(function_, data.definition)
                                                    : data.ownership == Ownership::Borrowed;
            tracked_[i] = (data.ownership == Ownership::Owned && !sunk) || borrowed;
        }
    }

    /// What is named in another block than its own: nothing else can be asked about after that, unless it is held.
    void findOutliving() {
        for (BlockId block : context_.order) {
            auto name = [&](ValueId named) {
                for (ValueId id : {named, viewRoot(function_, named)}) {
                    outlives_[id.index()] = outlives_[id.index()] || value(id).block != block;
                }
            };
            for (InstrId id : function_.blocks[block].instrs) {
                const Instr& instr = function_.instrs[id];
                std::for_each(instr.operands.begin(), instr.operands.end(), name);
                for (const Target& target : instr.targets) {
                    std::for_each(target.arguments.begin(), target.arguments.end(), name);
                }
                forEachListed(function_, instr.snapshot, name);
            }
        }
    }

    bool walk(BlockId block) {
        places_.load(entry_[block.index()].places);
        for (ValueId param : function_.blocks[block].params) {
            define(param);
        }
        for (InstrId id : function_.blocks[block].instrs) {
            step(id);
        }
        return leaveBlock(function_.terminator(block));
    }

    void define(ValueId id) {
        if (tracked_[id.index()] && value(id).ownership == Ownership::Owned) {
            places_.set(id, value(id).type.isSubtypeOf(kNull) ? kFree : kHeld);
        }
    }

    void step(InstrId id) {
        const Instr& instr = function_.instrs[id];
        ExitKind exit = exitKindOf(function_, id);
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (!consumesOperand(function_, id, i)) {
                checkAlive(id, instr.operands[i]);
            }
        }
        if (exit == ExitKind::Before) {
            checkExit(id);
        }
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (consumesOperand(function_, id, i)) {
                consume(id, instr.operands[i]);
            }
        }
        loseInObjects(id);
        if (exit == ExitKind::Raised) {
            checkExit(id);
        }
        if (instr.opcode == Opcode::NamesVersion) {
            loseForGood();
        } else if (instr.opcode == Opcode::GuardNamesUnchanged) {
            findAgain();
        }
        loseNames(id);
        if (std::optional<uint32_t> local = writtenLocal(function_, id)) {
            store(id, static_cast<Place>(*local));
        } else if (std::optional<uint32_t> source = borrowedLocal(function_, id)) {
            places_.set(instr.result, static_cast<Place>(*source));
        } else if (instr.opcode == Opcode::Return || instr.opcode == Opcode::ReturnInt ||
                   instr.opcode == Opcode::YieldValue || instr.opcode == Opcode::ReturnGenerator) {
            checkNothingHeld(id);
        }
        if (instr.result.valid()) {
            define(instr.result);
        }
        if (looksIntoObject(function_, id)) {
            places_.set(instr.result, kInObject);
        }
    }

    /// (A block parameter may be any of them.)
    void loseInObjects(InstrId id) {
        if (effectsOf(function_, id).writes.empty()) {
            return;
        }
        for (const auto& [held, place] : places_.list()) {
            const InstrId look = value(held).definition;
            if (place == kInObject && (!look.valid() || endsLook(function_, id, look))) {
                places_.set(held, kGone);
            }
        }
    }

    /// What runs Python code may bind names anew. When a guard finds that it did not, what was borrowed from their
    /// slots is still there. (What a store to a local releases is not followed: that is plain data, most often.)
    void loseNames(InstrId id) {
        const bool stores = function_.instrs[id].opcode == Opcode::StoreLocal;
        if (function_.names.empty() || stores || !effectsOf(function_, id).writes.overlaps(kWorldHeap)) {
            return;
        }
        const auto first = static_cast<Place>(function_.frameLocals());
        places_.transform([first](Place place) { return place >= first ? perhapsIn(place) : place; });
    }

    /// The version that a guard compares with is taken: what was lost before stays lost.
    void loseForGood() {
        places_.transform([](Place place) { return isPerhaps(place) ? kGone : place; });
    }

    void findAgain() {
        places_.transform([](Place place) { return isPerhaps(place) ? perhapsIn(place) : place; });
    }

    /// The slot's old object may die; a stored one lives in the slot from now on.
    void store(InstrId id, Place slot) {
        places_.transform([slot](Place place) { return place == slot || place == perhapsIn(slot) ? kGone : place; });
        const Instr& instr = function_.instrs[id];
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (consumesOperand(function_, id, i) && tracked_[instr.operands[i].index()]) {
                places_.set(instr.operands[i], slot);
            }
        }
    }

    void consume(InstrId id, ValueId operand) {
        if (!tracked_[operand.index()]) {
            return;
        }
        const Place place = places_[operand];
        if (place != kHeld && place != kFree && place != kConflict) {
            error(10, id, fmt::format("{} was already consumed", toString(operand)));
        }
        places_.set(operand, kGone);
    }

    void checkAlive(InstrId id, ValueId operand) {
        ValueId root = viewRoot(function_, operand);
        const Place place = tracked_[root.index()] ? places_[root] : kElsewhere;
        if (place == kGone || isPerhaps(place)) {
            error(12, id,
                  root == operand ? fmt::format("{} is used after it was consumed", toString(operand))
                                  : fmt::format("{} is used after {} was consumed", toString(operand), toString(root)));
        }
    }

    void checkExit(InstrId id) {
        std::vector<ValueId> listed;
        forEachListed(function_, function_.instrs[id].snapshot, [&](ValueId item) {
            if (!tracked_[item.index()] || value(item).ownership != Ownership::Owned) {
                checkAlive(id, item);
                return;
            }
            const Place place = places_[item];
            if (seen_[item.index()]) {
                error(11, id, fmt::format("the snapshot names the owned {} twice", toString(item)));
            } else if (place != kHeld && place != kFree && place != kConflict) {
                error(11, id, fmt::format("the snapshot names {}, which is not held here", toString(item)));
            }
            seen_[item.index()] = true;
            listed.push_back(item);
        });
        for (ValueId missing : places_.heldBeyond([this](ValueId held) { return seen_[held.index()]; })) {
            error(11, id, fmt::format("{} is held, but not in the snapshot", toString(missing)));
        }
        for (ValueId item : listed) {
            seen_[item.index()] = false;
        }
    }

    void checkNothingHeld(InstrId id) {
        for (ValueId held : places_.heldBeyond([](ValueId) { return false; })) {
            error(10, id, fmt::format("{} is never consumed", toString(held)));
        }
    }

    bool leaveBlock(InstrId terminator) {
        bool changed = false;
        const std::vector<Target>& targets = function_.instrs[terminator].targets;
        const PlaceList leaving = places_.list();
        for (size_t i = 0; i < targets.size(); ++i) {
            places_.load(leaving);
            if (i == 0) {
                forgetNull(terminator);
            }
            passArguments(terminator, targets[i]);
            PlaceList edge = places_.list();
            std::erase_if(edge, [&](const auto& item) {
                const auto [id, place] = item;
                const bool isPassed = !value(id).definition.valid() && value(id).block == targets[i].block;
                return !outlives_[id.index()] && !isPassed && place != kHeld && place != kConflict;
            });
            Entry& into = entry_[targets[i].block.index()];
            if (!into.reached) {
                into = {true, std::move(edge)};
                changed = true;
            } else {
                changed = joinInto(into.places, edge) || changed;
            }
        }
        return changed;
    }

    /// On the first edge of `Branch (IsNull v)` there is no object in v.
    void forgetNull(InstrId terminator) {
        if (function_.instrs[terminator].opcode != Opcode::Branch) {
            return;
        }
        InstrId test = value(Branch(function_, terminator).condition()).definition;
        if (test.valid() && function_.instrs[test].opcode == Opcode::IsNull) {
            const ValueId root = viewRoot(function_, IsNull(function_, test).input());
            if (places_[root] == kHeld) {
                places_.set(root, kFree);
            }
        }
    }

    void passArguments(InstrId terminator, const Target& target) {
        const std::vector<ValueId>& params = function_.blocks[target.block].params;
        std::vector<Place> borrowed(params.size(), kElsewhere);
        for (size_t i = 0; i < params.size(); ++i) {
            if (value(params[i]).ownership == Ownership::Owned) {
                continue;
            }
            checkAlive(terminator, target.arguments[i]);
            ValueId root = viewRoot(function_, target.arguments[i]);
            if (tracked_[root.index()] && (places_[root] >= 0 || places_[root] == kInObject)) {
                borrowed[i] = places_[root];
            }
        }
        for (size_t i = 0; i < params.size(); ++i) {
            if (value(params[i]).ownership == Ownership::Owned) {
                consume(terminator, target.arguments[i]);
            } else if (tracked_[params[i].index()]) {
                places_.set(params[i], borrowed[i]);
            }
        }
    }

    void reportConflicts(BlockId block) {
        for (const auto& [id, place] : entry_[block.index()].places) {
            if (place == kConflict && !comesFromAbove(block, id)) {
                context_.error(10, block, {},
                               fmt::format("{} is held on one path to here and not on another", toString(id)));
            }
        }
    }

    /// A conflict that another block brought here was reported there.
    bool comesFromAbove(BlockId block, ValueId id) const {
        for (BlockId other : context_.order) {
            std::vector<BlockId> successors = function_.successors(other);
            bool isPredecessor = std::find(successors.begin(), successors.end(), block) != successors.end();
            const PlaceList& above = entry_[other.index()].places;
            if (isPredecessor && other != block &&
                std::find(above.begin(), above.end(), std::pair(id, kConflict)) != above.end()) {
                return true;
            }
        }
        return false;
    }

    void error(uint32_t rule, InstrId id, std::string message) {
        if (reporting_) {
            context_.error(rule, id, std::move(message));
        }
    }

    VerifyContext& context_;
    const Function& function_;
    std::vector<Entry> entry_;    // by block
    std::vector<bool> tracked_;   // by value
    std::vector<bool> outlives_;  // by value: its block
    std::vector<bool> seen_;      // by value, while an exit is looked at: its snapshot names it
    Places places_;               // at the instruction that is looked at
    bool reporting_ = false;
};

}  // namespace

void verifyOwnership(VerifyContext& context) {
    OwnershipVerifier(context).run();
}

}  // namespace pyjion::hir
