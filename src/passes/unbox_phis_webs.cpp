// SPDX-License-Identifier: MIT
#include "passes/unbox_phis_webs.h"

#include <algorithm>
#include <utility>

#include "analysis/dominators.h"
#include "analysis/loops.h"
#include "analysis/uses.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/before_state.h"
#include "passes/edge_state.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::Ownership;
using hir::SnapshotId;
using hir::Type;
using hir::ValueId;

namespace {

bool isUnbox(Opcode opcode) {
    return opcode == Opcode::UnboxInt || opcode == Opcode::UnboxDouble || opcode == Opcode::UnboxBool;
}

bool mayBeNumber(Type type) {
    return type.mayBe(hir::kLongExact | hir::kFloatExact | hir::kBoolExact);
}

}  // namespace

NumberWebs::NumberWebs(const Function& function, const CodeFacts& facts, const EdgeTable& edges)
    : function_(function),
      facts_(facts),
      edges_(edges),
      order_(function.reversePostorder()),
      users_(analysis::usersOf(function)) {
    findStateAtEntry();
    findCandidates();
    findWishes();
    connect();
    findLocals();
    do {
        for (bool again = true; again;) {
            again = false;
            for (ValueId param : list_) {
                again = evaluate(param, params_.at(param)) || again;
            }
        }
    } while (keepFitting());
    dropUseless();
}

const NumberWebs::Param* NumberWebs::find(ValueId param) const {
    auto found = params_.find(param);
    return found != params_.end() && !found->second.failed ? &found->second : nullptr;
}

bool NumberWebs::empty() const {
    return std::none_of(list_.begin(), list_.end(), [&](ValueId param) { return find(param) != nullptr; });
}

// --- what there is
// ----------------------------------------------------------------------------------------------------

void NumberWebs::findStateAtEntry() {
    BeforeState state(function_);
    for (InstrId id : function_.blocks[function_.entry].instrs) {
        state.pass(id);
        if (function_.instrs[id].opcode == Opcode::Snapshot) {
            stateAtEntry_ = state.latest();
            return;
        }
        if (hir::effectsOf(function_, id).writes.overlaps(hir::kVisibleHeaps)) {
            return;
        }
    }
}

void NumberWebs::findCandidates() {
    for (BlockId block : order_) {
        const std::vector<ValueId>& params = function_.blocks[block].params;
        for (size_t i = 0; i < params.size(); ++i) {
            const hir::Value& value = function_.values[params[i]];
            if (value.ownership != Ownership::None && mayBeNumber(value.type)) {
                params_.emplace(params[i], Param{block, i, nullptr, false, false});
                list_.push_back(params[i]);
            }
        }
    }
    for (ValueId param : list_) {
        params_.at(param).failed = !isUsable(param) || isCarriedAround(param);
    }
}

/// An owned parameter that a loop hands on to itself: as a number, it would get another object in each iteration.
bool NumberWebs::isCarriedAround(ValueId param) const {
    if (function_.values[param].ownership != Ownership::Owned) {
        return false;
    }
    std::vector<ValueId> sources{param};
    for (size_t i = 0; i < sources.size(); ++i) {
        const Param& data = params_.at(sources[i]);
        for (const Edge& edge : edges_[data.block.index()]) {
            const ValueId source = objectBehind(function_, targetOf(function_, edge).arguments[data.index]);
            if (source == param) {
                return true;
            }
            const bool isNew = std::find(sources.begin(), sources.end(), source) == sources.end();
            if (isNew && params_.contains(source) && function_.values[source].ownership == Ownership::Owned) {
                sources.push_back(source);
            }
        }
    }
    return false;
}

/// Every use of a borrowed parameter can do with the number, with the slot's object, or is a copy of the local.
/// Of an owned one, which becomes a box, all uses can stay.
bool NumberWebs::isUsable(ValueId value) const {
    if (function_.values[value].ownership == Ownership::Owned) {
        return true;
    }
    for (InstrId id : users_[value.index()]) {
        const hir::Instr& instr = function_.instrs[id];
        bool isArgument = !instr.targets.empty() &&
                          instr.operands.end() == std::find(instr.operands.begin(), instr.operands.end(), value);
        bool isNumberGuard = instr.opcode == Opcode::GuardType &&
                             numberKindOf(hir::GuardType(function_, id).type()) != nullptr && isUsable(instr.result);
        bool isBoundGuard = instr.opcode == Opcode::GuardBound && isUsable(instr.result);
        if (!isArgument && !isNumberGuard && !isBoundGuard && instr.opcode != Opcode::CopyLocal &&
            !isUnbox(instr.opcode)) {
            return false;
        }
    }
    return true;
}

void NumberWebs::noteWish(ValueId object, Type type, bool inLoop) {
    Wish& wish = wishes_[object];
    const NumberKind* kind = numberKindOf(type);
    wish.conflicting = wish.conflicting || kind == nullptr || (wish.kind != nullptr && wish.kind != kind);
    wish.kind = wish.kind != nullptr ? wish.kind : kind;
    wish.inLoop = wish.inLoop || inLoop;
}

/// What operations take a value for.
void NumberWebs::findWishes() {
    analysis::Dominators dominators(function_);
    analysis::Loops loops(function_, dominators);
    for (BlockId block : order_) {
        bool inLoop = loops.innermost(block).valid();
        for (InstrId id : function_.blocks[block].instrs) {
            const hir::Instr& instr = function_.instrs[id];
            if (instr.opcode == Opcode::GuardType) {
                noteWish(objectBehind(function_, instr.operands[0]), hir::GuardType(function_, id).type(), inLoop);
            } else if (isUnbox(instr.opcode)) {
                noteWish(objectBehind(function_, instr.operands[0]), function_.values[instr.result].type, inLoop);
            }
        }
    }
}

ValueId NumberWebs::webOf(ValueId value) const {
    auto found = webs_.find(value);
    while (found != webs_.end()) {
        value = found->second;
        found = webs_.find(value);
    }
    return value;
}

/// Parameters that pass values to each other share their wishes.
void NumberWebs::connect() {
    for (ValueId param : list_) {
        const Param& data = params_.at(param);
        for (const Edge& edge : edges_[data.block.index()]) {
            ValueId source = objectBehind(function_, targetOf(function_, edge).arguments[data.index]);
            ValueId a = webOf(source);
            ValueId b = webOf(param);
            if (params_.contains(source) && a != b) {
                webs_[a] = b;
            }
        }
    }
    for (ValueId param : list_) {
        auto wish = wishes_.find(param);
        ValueId root = webOf(param);
        if (wish != wishes_.end() && root != param) {
            Wish own = wish->second;
            Wish& whole = wishes_[root];
            whole.conflicting =
                whole.conflicting || own.conflicting || (whole.kind != nullptr && whole.kind != own.kind);
            whole.kind = whole.kind != nullptr ? whole.kind : own.kind;
            whole.inLoop = whole.inLoop || own.inLoop;
        }
    }
}

const NumberKind* NumberWebs::wishFor(ValueId value) const {
    auto found = wishes_.find(params_.contains(value) ? webOf(value) : value);
    return found != wishes_.end() && !found->second.conflicting ? found->second.kind : nullptr;
}

void NumberWebs::findLocals() {
    for (BlockId block : order_) {
        for (InstrId id : function_.blocks[block].instrs) {
            if (function_.instrs[id].opcode != Opcode::CopyLocal) {
                continue;
            }
            // Guards of the value are no copies: what is copied is still the slot's object.
            ValueId object = hir::viewRoot(function_, function_.instrs[id].operands[0]);
            locals_.emplace(object, hir::CopyLocal(function_, id).local());
        }
    }
    for (bool again = true; again;) {
        again = false;
        for (ValueId param : list_) {
            const Param& data = params_.at(param);
            for (const Edge& edge : edges_[data.block.index()]) {
                ValueId argument = hir::viewRoot(function_, targetOf(function_, edge).arguments[data.index]);
                bool passesOn = function_.values[argument].ownership == Ownership::Borrowed &&
                                function_.values[param].ownership == Ownership::Borrowed;
                if (passesOn && locals_.contains(param) && locals_.emplace(argument, locals_.at(param)).second) {
                    again = true;
                }
            }
        }
    }
}

std::optional<uint32_t> NumberWebs::localOf(ValueId param) const {
    auto found = locals_.find(param);
    return found != locals_.end() ? std::optional(found->second) : std::nullopt;
}

Origin NumberWebs::originOf(ValueId value) const {
    Origin origin;
    origin.object = objectBehind(function_, value);
    origin.bound = !function_.values[value].type.mayBe(hir::kNull);
    InstrId definition = function_.values[origin.object].definition;
    if (numberSource(function_, facts_, value).known()) {
        origin.kind = Origin::Kind::Number;
    } else if (isBigConstant(function_, facts_, value)) {
        origin.kind = Origin::Kind::BigInt;
    } else if (function_.values[origin.object].type == hir::kNull) {
        origin.kind = Origin::Kind::Null;
    } else if (params_.contains(origin.object)) {
        origin.kind = Origin::Kind::Param;
    } else if (definition.valid() && function_.instrs[definition].opcode == Opcode::EntryLocal) {
        origin.kind = Origin::Kind::Entry;
    }
    return origin;
}

// --- the fixed point
// ----------------------------------------------------------------------------------------------------

bool NumberWebs::meet(Param& param, const NumberKind* kind) const {
    if (kind == nullptr || (param.kind != nullptr && param.kind != kind)) {
        return false;
    }
    param.kind = kind;
    return true;
}

/// An owned parameter that becomes a number is another object from then on. Nobody notices when nobody else holds the
/// one that was passed.
bool NumberWebs::keepsIdentity(ValueId param, ValueId argument) const {
    if (function_.values[param].ownership != Ownership::Owned ||
        function_.values[argument].type.isSubtypeOf(hir::kBoolExact)) {
        return true;
    }
    NumberSource source = numberSource(function_, facts_, argument);
    if (source.constant != nullptr) {
        return hasOneObject(*source.constant);
    }
    ValueId object = argument;
    if (hasCopies(object)) {
        return false;
    }
    for (ValueId behind = objectCopiedBy(function_, object); behind != object;) {
        if (function_.values[behind].ownership != Ownership::Owned || hasCopies(behind)) {
            return false;
        }
        object = std::exchange(behind, objectCopiedBy(function_, behind));
    }
    bool isFresh = source.unboxed.valid() || find(object) != nullptr;
    return isFresh && function_.values[object].ownership == Ownership::Owned;
}

bool NumberWebs::hasCopies(ValueId object) const {
    const std::vector<InstrId>& users = users_[object.index()];
    return std::any_of(users.begin(), users.end(), [&](InstrId id) {
        Opcode opcode = function_.instrs[id].opcode;
        return opcode == Opcode::IncRef || opcode == Opcode::CopyLocal;
    });
}

/// An object of unknown type: taken for a number when that is what its uses would guard for anyway.
bool NumberWebs::meetWish(ValueId value, Param& param) const {
    return meet(param, wishFor(value));
}

const NumberKind* NumberWebs::kindAtEntry(ValueId entryLocal) const {
    if (!stateAtEntry_.valid()) {
        return nullptr;
    }
    Type seen = hir::EntryLocal(function_, function_.values[entryLocal].definition).seen();
    if (!seen.isBottom()) {
        return numberKindOf(seen);
    }
    auto wish = wishes_.find(entryLocal);
    bool wished = wish != wishes_.end() && !wish->second.conflicting && wish->second.inLoop;
    return wished ? wish->second.kind : nullptr;
}

/// Takes one argument into account; false when the parameter cannot be a number because of it.
bool NumberWebs::addSource(ValueId value, Param& param, const Edge& edge) const {
    ValueId argument = targetOf(function_, edge).arguments[param.index];
    Origin origin = originOf(argument);
    Type type = function_.values[argument].type;
    if (!keepsIdentity(value, argument)) {
        return false;
    }
    switch (origin.kind) {
        case Origin::Kind::Number: {
            NumberSource source = numberSource(function_, facts_, argument);
            return meet(param, numberKindOf(source.unboxed.valid() ? function_.values[source.unboxed].type
                                                                   : function_.values[origin.object].type));
        }
        case Origin::Kind::BigInt:
            return false;
        case Origin::Kind::Null:
            param.optional = true;
            return true;
        case Origin::Kind::Param:
            if (const Param* source = find(origin.object)) {
                param.optional = param.optional || (source->optional && !origin.bound);
                return source->kind == nullptr || meet(param, source->kind);
            }
            break;
        case Origin::Kind::Entry: {
            Type seen = hir::EntryLocal(function_, function_.values[origin.object].definition).seen();
            if (seen == hir::kNull && !origin.bound) {
                param.optional = true;
                return true;
            }
            if (const NumberKind* kind = kindAtEntry(origin.object)) {
                return meet(param, kind);
            }
            return seen.isBottom() && stateAtEntry_.valid() && meetWish(value, param);
        }
        case Origin::Kind::Object:
            break;
    }
    // An object: its number is read at the edge.
    const NumberKind* known = numberKindOf(type);
    bool canLeave = stateAtStart(function_, param.block).valid();
    bool needsExit = known == nullptr || known->unbox == Opcode::UnboxInt;
    if (!mayBeNumber(type) || (needsExit && !canLeave)) {
        return false;
    }
    return known != nullptr ? meet(param, known) : meetWish(value, param);
}

/// True when something about the parameter changed.
bool NumberWebs::evaluate(ValueId value, Param& param) {
    if (param.failed) {
        return false;
    }
    Param before = param;
    const std::vector<Edge>& incoming = edges_[param.block.index()];
    param.failed =
        !std::all_of(incoming.begin(), incoming.end(), [&](const Edge& edge) { return addSource(value, param, edge); });
    bool canBeUnbound =
        function_.values[value].ownership == Ownership::Borrowed && function_.values[value].type.mayBe(hir::kNull);
    bool fits = param.kind == nullptr || param.kind->object.isSubtypeOf(function_.values[value].type);
    param.failed = param.failed || !fits || (param.optional && !canBeUnbound);
    return param.failed != before.failed || param.kind != before.kind || param.optional != before.optional;
}

/// A parameter that stays an object can get the slot's object from one that becomes a number, if it is known which.
bool NumberWebs::passesFit(ValueId value, const Param& param) const {
    if (function_.values[value].ownership == Ownership::Owned) {
        return true;
    }
    std::vector<ValueId> views{value};
    for (size_t i = 0; i < views.size(); ++i) {
        for (InstrId id : users_[views[i].index()]) {
            const hir::Instr& instr = function_.instrs[id];
            if (instr.opcode == Opcode::GuardType && hir::GuardType(function_, id).type() != param.kind->object) {
                return false;
            }
            if (instr.opcode == Opcode::GuardBound || instr.opcode == Opcode::GuardType) {
                views.push_back(instr.result);
            }
            for (const hir::Target& target : instr.targets) {
                const std::vector<ValueId>& params = function_.blocks[target.block].params;
                for (size_t k = 0; k < params.size(); ++k) {
                    if (target.arguments[k] == views[i] && find(params[k]) == nullptr &&
                        (param.optional || !localOf(params[k]))) {
                        return false;
                    }
                }
            }
        }
    }
    return true;
}

/// Takes back what turned out not to fit; true when that was something.
bool NumberWebs::keepFitting() {
    bool changed = false;
    for (ValueId value : list_) {
        Param& param = params_.at(value);
        if (!param.failed && (param.kind == nullptr || !passesFit(value, param))) {
            param.failed = true;
            changed = true;
        }
    }
    return changed;
}

/// A web that no operation wants as a number, and that receives none that was computed, is better left alone.
void NumberWebs::dropUseless() {
    std::unordered_map<ValueId, bool> useful;
    for (ValueId value : list_) {
        const Param* param = find(value);
        if (param == nullptr) {
            continue;
        }
        bool& known = useful[webOf(value)];
        known = known || wishFor(value) != nullptr;
        for (const Edge& edge : edges_[param->block.index()]) {
            NumberSource source = numberSource(function_, facts_, targetOf(function_, edge).arguments[param->index]);
            known = known || source.unboxed.valid();
        }
    }
    for (ValueId value : list_) {
        Param& param = params_.at(value);
        param.failed = param.failed || !useful[webOf(value)];
    }
}

}  // namespace pyjion::passes
