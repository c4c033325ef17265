// SPDX-License-Identifier: MIT
// Rules 10 to 12 of the verifier: where every reference is. A forward analysis over the reachable blocks keeps a place
// for each owned value, and for what is borrowed from the slot of a local.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "hir/print.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

namespace {

/// Where a reference is; numbers >= 0: in that local's slot, which keeps the object alive.
using Place = int32_t;
constexpr Place kUndefined = -1;  // not defined on any path
constexpr Place kFree = -2;       // null here: may be consumed and need not be
constexpr Place kHeld = -3;       // to be consumed
constexpr Place kElsewhere = -4;  // kept alive by something that is not followed
constexpr Place kGone = -5;       // consumed, or undefined on some path
constexpr Place kConflict = -6;   // held on one path and not on another: reported once, then left alone
constexpr Place kPerhaps = -16;   // and below: in the slot of a global name, if nothing has bound that meanwhile

/// From the place in a slot to that, and back.
constexpr Place perhapsIn(Place place) {
    return kPerhaps - place;
}
constexpr bool isPerhaps(Place place) {
    return place <= kPerhaps;
}

/// A join: Free below Held and Gone; slots below Elsewhere below Gone; Undefined below Gone; Conflict above all.
Place join(Place a, Place b) {
    if (a == b) {
        return a;
    }
    if (a == kConflict || b == kConflict) {
        return kConflict;
    }
    if (a == kHeld || b == kHeld) {
        return a == kFree || b == kFree ? kHeld : kConflict;
    }
    auto isAlive = [](Place place) { return place >= 0 || place == kElsewhere; };
    return isAlive(a) && isAlive(b) ? kElsewhere : kGone;
}

struct State {
    bool reached = false;
    std::vector<Place> places;  // by value
};

class OwnershipVerifier {
  public:
    explicit OwnershipVerifier(VerifyContext& context)
        : context_(context),
          function_(context.function),
          entry_(context.function.blocks.size()),
          tracked_(context.function.values.size()) {}

    void run() {
        findTracked();
        State& start = entry_[function_.entry.index()];
        start.reached = true;
        start.places.assign(function_.values.size(), kUndefined);
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

    /// Owned values but those that exits make; what is borrowed from a local's slot; borrowed block parameters, which
    /// may be such.
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
            bool borrowed = data.definition.valid() ? borrowedLocal(function_, data.definition).has_value()
                                                    : data.ownership == Ownership::Borrowed;
            tracked_[i] = (data.ownership == Ownership::Owned && !sunk) || borrowed;
        }
    }

    /// All values that a snapshot and its parents name.
    std::vector<ValueId> statesValues(SnapshotId snapshot) const {
        std::vector<ValueId> result;
        for (; snapshot.valid(); snapshot = function_.snapshots[snapshot].parent) {
            const Snapshot& state = function_.snapshots[snapshot];
            for (const std::vector<ValueId>* list : {&state.locals, &state.stack}) {
                std::copy_if(list->begin(), list->end(), std::back_inserter(result),
                             [](ValueId listed) { return listed.valid(); });
            }
        }
        return result;
    }

    bool walk(BlockId block) {
        State state = entry_[block.index()];
        for (ValueId param : function_.blocks[block].params) {
            define(state, param);
        }
        for (InstrId id : function_.blocks[block].instrs) {
            step(state, id);
        }
        return leaveBlock(state, function_.terminator(block));
    }

    void define(State& state, ValueId id) const {
        if (tracked_[id.index()] && value(id).ownership == Ownership::Owned) {
            state.places[id.index()] = value(id).type.isSubtypeOf(kNull) ? kFree : kHeld;
        }
    }

    void step(State& state, InstrId id) {
        const Instr& instr = function_.instrs[id];
        ExitKind exit = exitKindOf(function_, id);
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (!consumesOperand(function_, id, i)) {
                checkAlive(state, id, instr.operands[i]);
            }
        }
        if (exit == ExitKind::Before) {
            checkExit(state, id);
        }
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (consumesOperand(function_, id, i)) {
                consume(state, id, instr.operands[i]);
            }
        }
        if (exit == ExitKind::Raised) {
            checkExit(state, id);
        }
        if (instr.opcode == Opcode::NamesVersion) {
            loseForGood(state);
        } else if (instr.opcode == Opcode::GuardNamesUnchanged) {
            findAgain(state);
        }
        loseNames(state, id);
        if (std::optional<uint32_t> local = writtenLocal(function_, id)) {
            store(state, id, static_cast<Place>(*local));
        } else if (std::optional<uint32_t> source = borrowedLocal(function_, id)) {
            state.places[instr.result.index()] = static_cast<Place>(*source);
        } else if (instr.opcode == Opcode::Return || instr.opcode == Opcode::ReturnInt ||
                   instr.opcode == Opcode::YieldValue || instr.opcode == Opcode::ReturnGenerator) {
            checkNothingHeld(state, id);
        }
        if (instr.result.valid()) {
            define(state, instr.result);
        }
    }

    /// What runs Python code may bind names anew. When a guard finds that it did not, what was borrowed from their
    /// slots is still there. (What a store to a local releases is not followed: that is plain data, most often.)
    void loseNames(State& state, InstrId id) const {
        const bool stores = function_.instrs[id].opcode == Opcode::StoreLocal;
        if (function_.names.empty() || stores || !effectsOf(function_, id).writes.overlaps(kWorldHeap)) {
            return;
        }
        const auto first = static_cast<Place>(function_.frameLocals());
        for (Place& place : state.places) {
            place = place >= first ? perhapsIn(place) : place;
        }
    }

    /// The version that a guard compares with is taken: what was lost before stays lost.
    static void loseForGood(State& state) {
        std::replace_if(state.places.begin(), state.places.end(), isPerhaps, kGone);
    }

    static void findAgain(State& state) {
        for (Place& place : state.places) {
            place = isPerhaps(place) ? perhapsIn(place) : place;
        }
    }

    /// The slot's old object may die; a stored one lives in the slot from now on.
    void store(State& state, InstrId id, Place slot) const {
        std::replace(state.places.begin(), state.places.end(), slot, kGone);
        std::replace(state.places.begin(), state.places.end(), perhapsIn(slot), kGone);
        const Instr& instr = function_.instrs[id];
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            if (consumesOperand(function_, id, i) && tracked_[instr.operands[i].index()]) {
                state.places[instr.operands[i].index()] = slot;
            }
        }
    }

    void consume(State& state, InstrId id, ValueId operand) {
        if (!tracked_[operand.index()]) {
            return;
        }
        Place& place = state.places[operand.index()];
        if (place != kHeld && place != kFree && place != kConflict) {
            error(10, id, fmt::format("{} was already consumed", toString(operand)));
        }
        place = kGone;
    }

    void checkAlive(const State& state, InstrId id, ValueId operand) {
        ValueId root = viewRoot(function_, operand);
        const Place place = tracked_[root.index()] ? state.places[root.index()] : kElsewhere;
        if (place == kGone || isPerhaps(place)) {
            error(12, id,
                  root == operand ? fmt::format("{} is used after it was consumed", toString(operand))
                                  : fmt::format("{} is used after {} was consumed", toString(operand), toString(root)));
        }
    }

    void checkExit(const State& state, InstrId id) {
        std::vector<ValueId> listed = statesValues(function_.instrs[id].snapshot);
        std::vector<bool> seen(function_.values.size());
        for (ValueId item : listed) {
            bool owned = tracked_[item.index()] && value(item).ownership == Ownership::Owned;
            if (!owned) {
                checkAlive(state, id, item);
                continue;
            }
            Place place = state.places[item.index()];
            if (seen[item.index()]) {
                error(11, id, fmt::format("the snapshot names the owned {} twice", toString(item)));
            } else if (place != kHeld && place != kFree && place != kConflict) {
                error(11, id, fmt::format("the snapshot names {}, which is not held here", toString(item)));
            }
            seen[item.index()] = true;
        }
        for (uint32_t i = 0; i < state.places.size(); ++i) {
            if (state.places[i] == kHeld && !seen[i]) {
                error(11, id, fmt::format("{} is held, but not in the snapshot", toString(ValueId(i))));
            }
        }
    }

    void checkNothingHeld(const State& state, InstrId id) {
        for (uint32_t i = 0; i < state.places.size(); ++i) {
            if (state.places[i] == kHeld) {
                error(10, id, fmt::format("{} is never consumed", toString(ValueId(i))));
            }
        }
    }

    bool leaveBlock(const State& state, InstrId terminator) {
        bool changed = false;
        const std::vector<Target>& targets = function_.instrs[terminator].targets;
        for (size_t i = 0; i < targets.size(); ++i) {
            State edge = state;
            if (i == 0) {
                forgetNull(edge, terminator);
            }
            passArguments(edge, terminator, targets[i]);
            State& into = entry_[targets[i].block.index()];
            if (!into.reached) {
                into = std::move(edge);
                changed = true;
                continue;
            }
            for (size_t v = 0; v < edge.places.size(); ++v) {
                Place joined = join(into.places[v], edge.places[v]);
                changed = changed || joined != into.places[v];
                into.places[v] = joined;
            }
        }
        return changed;
    }

    /// On the first edge of `Branch (IsNull v)` there is no object in v.
    void forgetNull(State& state, InstrId terminator) const {
        if (function_.instrs[terminator].opcode != Opcode::Branch) {
            return;
        }
        InstrId test = value(Branch(function_, terminator).condition()).definition;
        if (test.valid() && function_.instrs[test].opcode == Opcode::IsNull) {
            Place& place = state.places[viewRoot(function_, IsNull(function_, test).input()).index()];
            place = place == kHeld ? kFree : place;
        }
    }

    void passArguments(State& state, InstrId terminator, const Target& target) {
        const std::vector<ValueId>& params = function_.blocks[target.block].params;
        std::vector<Place> borrowed(params.size(), kElsewhere);
        for (size_t i = 0; i < params.size(); ++i) {
            if (value(params[i]).ownership == Ownership::Owned) {
                continue;
            }
            checkAlive(state, terminator, target.arguments[i]);
            ValueId root = viewRoot(function_, target.arguments[i]);
            if (tracked_[root.index()] && state.places[root.index()] >= 0) {
                borrowed[i] = state.places[root.index()];
            }
        }
        for (size_t i = 0; i < params.size(); ++i) {
            if (value(params[i]).ownership == Ownership::Owned) {
                consume(state, terminator, target.arguments[i]);
            } else if (tracked_[params[i].index()]) {
                state.places[params[i].index()] = borrowed[i];
            }
        }
    }

    void reportConflicts(BlockId block) {
        const State& state = entry_[block.index()];
        for (uint32_t i = 0; i < state.places.size(); ++i) {
            if (state.places[i] == kConflict && !comesFromAbove(block, i)) {
                context_.error(10, block, {},
                               fmt::format("{} is held on one path to here and not on another", toString(ValueId(i))));
            }
        }
    }

    /// A conflict that another block brought here was reported there.
    bool comesFromAbove(BlockId block, uint32_t index) const {
        for (BlockId other : context_.order) {
            std::vector<BlockId> successors = function_.successors(other);
            bool isPredecessor = std::find(successors.begin(), successors.end(), block) != successors.end();
            if (isPredecessor && other != block && entry_[other.index()].places[index] == kConflict) {
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
    std::vector<State> entry_;
    std::vector<bool> tracked_;
    bool reporting_ = false;
};

}  // namespace

void verifyOwnership(VerifyContext& context) {
    OwnershipVerifier(context).run();
}

}  // namespace pyjion::hir
