// SPDX-License-Identifier: MIT
// Replaces helpers that find items and attributes by loads and stores in place, where it is known what was found there
// before. Objects of several classes that have the attribute in several places get a block for each of these. Input:
// LoadAttr, LoadMethod, StoreAttr, BinarySubscript, StoreSubscript, UnpackSequence and BinaryOp as the front end makes
// them. Output: guards that leave at the start of the same bytecode, the access, and the release of the operands, whose
// exits lie behind the bytecode; CallOperator where the class of the left operand has the method of the operator,
// CallGetter where the class has a property. What else is found generically stays a helper.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "hir/operation.h"
#include "passes/before_state.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/operand_unboxing.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::Operation;
using hir::SnapshotId;
using hir::Type;
using hir::ValueId;

namespace {

class AccessSpecialisation {
  public:
    AccessSpecialisation(Function& function, PassContext& context)
        : function_(function), context_(context), builder_(function), map_(function), state_(function) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
            function_.blocks[block].instrs.clear();
            builder_.setBlock(block);
            block_ = block;
            for (InstrId id : instrs) {
                visit(id);
            }
        }
        if (!changed_) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    void visit(InstrId id) {
        map_.apply(function_, id);
        const hir::Instr instr = function_.instrs[id];
        builder_.setBytecode(instr.bytecode);
        if (instr.opcode == Opcode::TakeStack && taken_ < results_.size()) {
            map_.replace(instr.result, results_[taken_++]);
        } else if (specialise(id, instr)) {
            changed_ = true;
        } else {
            function_.append(block_, id);
            state_.pass(id);
            return;
        }
        function_.instrs[id].block = {};
    }

    static std::optional<std::pair<Operation, uint32_t>> operationAndSite(const Function& function, InstrId id) {
        switch (function.instrs[id].opcode) {
            case Opcode::Operate:
                return std::pair(hir::Operate(function, id).operation(), hir::Operate(function, id).site());
            case Opcode::Perform:
                return std::pair(hir::Perform(function, id).operation(), hir::Perform(function, id).site());
            case Opcode::Spread:
                return std::pair(hir::Spread(function, id).operation(), hir::Spread(function, id).site());
            default:
                return std::nullopt;
        }
    }

    const std::vector<AccessFact>* factsOf(uint32_t site) const {
        const auto facts = context_.facts.accesses.find(site);
        return facts != context_.facts.accesses.end() ? &facts->second : nullptr;
    }

    static bool isHandled(Operation operation) {
        return operation == Operation::LoadAttr || operation == Operation::LoadMethod ||
               operation == Operation::StoreAttr || operation == Operation::BinarySubscript ||
               operation == Operation::StoreSubscript || operation == Operation::UnpackSequence;
    }

    bool specialise(InstrId id, const hir::Instr& instr) {
        if (instr.opcode == Opcode::BinaryOp) {
            const std::vector<AccessFact>* facts = factsOf(hir::BinaryOp(function_, id).site());
            return facts != nullptr && specialiseOperator(instr, *facts);
        }
        const auto found = operationAndSite(function_, id);
        if (!found || !isHandled(found->first)) {
            return false;
        }
        const std::vector<AccessFact>* facts = factsOf(found->second);
        exit_ = state_.before(instr);
        if (facts == nullptr || !exit_.valid()) {
            return false;
        }
        site_ = found->second;
        const AccessFact& fact = facts->front();
        if (fact.kind == AccessFact::Kind::Operator) {
            return specialiseOperator(instr, *facts);
        }
        if (fact.kind == AccessFact::Kind::Getter) {
            return loadByGetter(instr, *facts);
        }
        if (!mayHold(instr, fact) || !areAlike(*facts) || !context_.fuel.take()) {
            return false;
        }
        behind_ = instr.snapshot;
        switch (found->first) {
            case Operation::LoadAttr:
                loadAttribute(instr, *facts);
                break;
            case Operation::LoadMethod:
                fact.kind == AccessFact::Kind::Method ? loadMethod(instr, *facts) : loadCallable(instr, *facts);
                break;
            case Operation::StoreAttr:
                storeAttribute(instr, *facts);
                break;
            case Operation::BinarySubscript:
                loadItem(instr, fact);
                break;
            case Operation::StoreSubscript:
                storeItem(instr, fact);
                break;
            default:
                unpack(hir::Spread(function_, id), fact);
                break;
        }
        return true;
    }

    static bool areAllOrNone(const std::vector<AccessFact>& places, AccessFact::Kind kind) {
        const auto count =
            std::count_if(places.begin(), places.end(), [kind](const AccessFact& place) { return place.kind == kind; });
        return count == 0 || count == std::ssize(places);
    }

    /// Either all of them are methods, which take their owners as arguments, or none is; likewise properties.
    static bool areAlike(const std::vector<AccessFact>& places) {
        return areAllOrNone(places, AccessFact::Kind::Method) && areAllOrNone(places, AccessFact::Kind::Getter);
    }

    /// Whether the operands can be what was found before, as far as types are known.
    bool mayHold(const hir::Instr& instr, const AccessFact& fact) const {
        if (!fact.isOfSequence()) {
            return true;
        }
        const bool isStore = instr.opcode == Opcode::Perform;
        const ValueId sequence = instr.operands[isStore ? 1 : 0];
        const bool hasIndex = instr.opcode != Opcode::Spread;
        if (isStore && fact.kind == AccessFact::Kind::Element && !isStorable(instr.operands[0], fact)) {
            return false;
        }
        return fact.sequence().isSubtypeOf(function_.values[sequence].type) &&
               (!hasIndex || hir::kLongExact.isSubtypeOf(function_.values[instr.operands.back()].type)) &&
               (!hasIndex || !isBigConstant(function_, context_.facts, instr.operands.back()));
    }

    /// An int may be put among doubles.
    bool isStorable(ValueId value, const AccessFact& fact) const {
        const Type type = function_.values[value].type;
        return (fact.stored == fact.type || (fact.stored == hir::kLongExact && fact.type == hir::kFloatExact)) &&
               fact.stored.isSubtypeOf(type) && !isBigConstant(function_, context_.facts, value);
    }

    // --- attributes -------------------------------------------------------------------------------------------

    /// What `access` gives for an object of one of the classes that were met, which has it in its own place. The last
    /// place is guarded: what has it elsewhere leaves. The accesses show nothing of themselves, so that the state
    /// before the bytecode is good behind them.
    template <typename Access>
    ValueId dispatch(ValueId owner, const std::vector<AccessFact>& places, Access access) {
        if (places.size() == 1) {
            return access(guardVersion(owner, places.front()), places.front());
        }
        std::vector<std::pair<BlockId, ValueId>> results;
        for (const AccessFact& place : places) {
            const bool isLast = &place == &places.back();
            const BlockId here = isLast ? block_ : function_.addBlock();
            const BlockId next = isLast ? block_ : function_.addBlock();
            if (!isLast) {
                const auto [version, second, third, fourth] = place.versions;
                builder_.branch(builder_.testVersion(owner, version, second, third, fourth), {here, {}}, {next, {}});
            }
            builder_.setBlock(here);
            const ValueId object = isLast ? guardVersion(owner, place) : owner;
            results.emplace_back(here, access(object, place));
            builder_.setBlock(next);
            block_ = next;
        }
        Type type = hir::kBottom;
        for (const auto& [block, value] : results) {
            type = type | function_.values[value].type;
        }
        const BlockId behind = function_.addBlock();
        const ValueId result = function_.addParam(behind, type, hir::Ownership::Owned);
        for (const auto& [block, value] : results) {
            builder_.setBlock(block);
            builder_.jump(behind, {value});
        }
        builder_.setBlock(behind);
        block_ = behind;
        behind_ = builder_.snapshot(hir::Snapshot(function_.snapshots[behind_]));
        return result;
    }

    ValueId guardVersion(ValueId owner, const AccessFact& place) {
        const auto [version, second, third, fourth] = place.versions;
        return builder_.guardVersion(owner, version, second, third, fourth, exit_);
    }

    ValueId loadOfClass(ValueId owner, const AccessFact& place) {
        if (place.mayHaveDict) {
            builder_.guardNotOwn(owner, *place.sharedNames, site_, exit_);
        } else if (place.sharedNames) {
            builder_.guardSharedNames(owner, *place.sharedNames, exit_);
        }
        return builder_.loadFound(place.object, place.type);
    }

    ValueId loadPlace(ValueId owner, const AccessFact& place) {
        switch (place.kind) {
            case AccessFact::Kind::Field:
                return takeThere(place.mayHaveDict
                                     ? builder_.peekOwn(owner, place.place, site_)
                                     : builder_.peekField(builder_.guardFields(owner, exit_), place.place));
            case AccessFact::Kind::Member:
                return takeThere(builder_.peekMember(owner, place.place));
            default:
                return loadOfClass(owner, place);
        }
    }

    ValueId takeThere(ValueId found) { return builder_.incRef(builder_.guardThere(found, exit_)); }

    ValueId loadOfModule(ValueId owner, const AccessFact& place) {
        builder_.guardModule(owner, static_cast<int64_t>(place.dictVersion), exit_);
        return builder_.loadFound(place.object, place.type);
    }

    ValueId loadFrom(ValueId owner, const std::vector<AccessFact>& places) {
        if (places.front().kind == AccessFact::Kind::OfModule) {
            return loadOfModule(owner, places.front());
        }
        return dispatch(owner, places,
                        [this](ValueId object, const AccessFact& place) { return loadPlace(object, place); });
    }

    void loadAttribute(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        const ValueId owner = instr.operands[0];
        const ValueId value = loadFrom(owner, places);
        release(owner, {value});
        map_.replace(instr.result, value);
    }

    /// What is called without its owner: an attribute of an instance, or a class that a class has.
    void loadCallable(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        const ValueId owner = instr.operands[0];
        const ValueId value = loadFrom(owner, places);
        const ValueId none = builder_.null();
        release(owner, {none, value});
        results_ = {none, value};
        taken_ = 0;
    }

    void loadMethod(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        const ValueId owner = instr.operands[0];
        const ValueId method = dispatch(
            owner, places, [this](ValueId object, const AccessFact& place) { return loadOfClass(object, place); });
        results_ = {method, owner};
        taken_ = 0;
    }

    void storeAttribute(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        const ValueId owner = instr.operands[1];
        const ValueId value = instr.operands[0];
        const ValueId old = dispatch(owner, places, [&](ValueId object, const AccessFact& place) {
            if (place.kind != AccessFact::Kind::Field) {
                return builder_.exchangeMember(object, value, place.place);
            }
            return place.mayHaveDict ? builder_.exchangeOwn(object, value, place.place, site_, exit_)
                                     : builder_.exchangeField(builder_.guardFields(object, exit_), value, place.place);
        });
        releaseBoth(old, owner);
    }

    // --- operators --------------------------------------------------------------------------------------------

    bool specialiseOperator(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        const ValueId left = instr.operands[0];
        const ValueId right = instr.operands[1];
        exit_ = state_.before(instr);
        const bool isPossible = hir::kOtherObject.isSubtypeOf(function_.values[left].type) && allTake(places, 2);
        if (!exit_.valid() || !isPossible || !context_.fuel.take()) {
            return false;
        }
        // What numbers and the other types with a name of their own derive from is not written in Python.
        if (instr.opcode == Opcode::BinaryOp && function_.values[right].type.mayBe(hir::kOtherObject)) {
            builder_.guardNotDerived(right, left, exit_);
        }
        behind_ = instr.snapshot;
        const ValueId result = dispatch(left, places, [&](ValueId, const AccessFact& place) {
            const SnapshotId raised = aroundCall(instr, places);
            const ValueId method = builder_.peekFound(place.object, place.type);
            return builder_.callOperator(method, left, right, calleeOf(place), place.place, raised);
        });
        state_.enterBlock();
        map_.replace(instr.result, result);
        return true;
    }

    /// Whether they are functions that take so many arguments.
    bool allTake(const std::vector<AccessFact>& places, uint32_t count) const {
        return std::all_of(places.begin(), places.end(), [this, count](const AccessFact& place) {
            const auto function = context_.facts.methods.find(place.object);
            return function != context_.facts.methods.end() && function->second.argumentCount == count;
        });
    }

    uint32_t calleeOf(const AccessFact& place) const { return context_.facts.methods.at(place.object).callee; }

    /// The snapshots that a call in the place of the bytecode needs; the second one, behind it.
    SnapshotId aroundCall(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        if (places.size() > 1) {
            // For what becomes of the call in a block of its own.
            builder_.snapshot(hir::Snapshot(function_.snapshots[exit_]));
        }
        return builder_.snapshot(hir::Snapshot(function_.snapshots[instr.snapshot]));
    }

    // --- properties -------------------------------------------------------------------------------------------

    /// property.__init__() may give one another function: the version of the class says nothing of that.
    bool loadByGetter(const hir::Instr& instr, const std::vector<AccessFact>& places) {
        const ValueId owner = instr.operands[0];
        if (!areAlike(places) || !allTake(places, 1) || !context_.fuel.take()) {
            return false;
        }
        behind_ = instr.snapshot;
        const ValueId result = dispatch(owner, places, [&](ValueId, const AccessFact& place) {
            const ValueId property = builder_.peekFound(place.object, hir::kOtherObject);
            const ValueId getter = builder_.guardThere(builder_.peekMember(property, place.place), exit_);
            const SnapshotId raised = aroundCall(instr, places);
            return builder_.callGetter(getter, owner, calleeOf(place), raised);
        });
        state_.enterBlock();
        map_.replace(instr.result, result);
        return true;
    }

    // --- items ------------------------------------------------------------------------------------------------

    ValueId guard(ValueId operand, Type type) { return guardOperand(function_, builder_, operand, type, exit_); }

    ValueId guardContainer(ValueId container, const AccessFact& fact) {
        return fact.kind == AccessFact::Kind::Element
                   ? builder_.guardElements(container, fact.versions[0], fact.place, exit_)
                   : guard(container, fact.sequence());
    }

    ValueId unbox(ValueId object, const NumberKind& kind) {
        return unboxOperand(function_, builder_, context_.facts, object, kind, exit_);
    }

    ValueId unboxIndex(ValueId index) { return unbox(index, *numberKindOf(hir::kInt64)); }

    void loadItem(const hir::Instr& instr, const AccessFact& fact) {
        const ValueId container = instr.operands[0];
        const ValueId index = instr.operands[1];
        const ValueId guarded = guardContainer(container, fact);
        const ValueId place = builder_.guardIndex(guarded, unboxIndex(index), exit_);
        const ValueId value = load(guarded, place, fact);
        releaseNumber(index, hir::kLongExact);
        release(container, {value});
        map_.replace(instr.result, value);
    }

    ValueId load(ValueId container, ValueId place, const AccessFact& fact) {
        if (fact.kind != AccessFact::Kind::Element) {
            return builder_.incRef(builder_.peekItem(container, place));
        }
        return fact.type == hir::kLongExact
                   ? builder_.boxInt(builder_.loadElementInt(container, place, fact.place, exit_))
                   : builder_.boxDouble(builder_.loadElementDouble(container, place, fact.place));
    }

    void storeItem(const hir::Instr& instr, const AccessFact& fact) {
        const ValueId value = instr.operands[0];
        const ValueId container = instr.operands[1];
        const ValueId index = instr.operands[2];
        const ValueId guarded = guardContainer(container, fact);
        const ValueId place = builder_.guardIndex(guarded, unboxIndex(index), exit_);
        if (fact.kind == AccessFact::Kind::Element) {
            storeElement(guarded, place, unbox(value, *numberKindOf(fact.stored)), fact);
            state_.pass(builder_.last());
            releaseNumber(value, fact.stored);
            releaseNumber(index, hir::kLongExact);
            release(container, {});
            return;
        }
        const ValueId old = builder_.exchangeItem(guarded, place, value);
        releaseNumber(index, hir::kLongExact);
        releaseBoth(old, container);
    }

    void storeElement(ValueId container, ValueId place, ValueId number, const AccessFact& fact) {
        if (fact.type == hir::kLongExact) {
            builder_.storeElementInt(container, place, number, fact.place, exit_);
            return;
        }
        const bool isDouble = function_.values[number].type == hir::kDouble;
        builder_.storeElementDouble(container, place, isDouble ? number : builder_.checkedIntToDouble(number, exit_),
                                    fact.place);
    }

    void unpack(const hir::Spread& instr, const AccessFact& fact) {
        const ValueId sequence = instr.inputs()[0];
        const uint32_t count = instr.argument();
        const ValueId guarded = guard(sequence, fact.sequence());
        builder_.guardSize(guarded, count, exit_);
        std::vector<ValueId> items;
        for (uint32_t place = count; place-- > 0;) {
            items.push_back(builder_.incRef(builder_.peekItem(guarded, builder_.constInt(place))));
        }
        release(sequence, items);
        results_ = std::move(items);
        taken_ = 0;
    }

    // --- what the bytecode has consumed -----------------------------------------------------------------------

    /// `type`: what it was guarded to be.
    void releaseNumber(ValueId number, Type type) { releaseOperand(function_, builder_, number, type); }

    /// What was replaced, and then what held it.
    void releaseBoth(ValueId old, ValueId owner) {
        builder_.releaseInOrder({old, owner}, behind_);
        state_.pass(builder_.last());
    }

    /// Gives a reference back. Its finalizer may ask for compiled code to be left: behind the bytecode, whose results
    /// are on the stack then.
    void release(ValueId object, const std::vector<ValueId>& held) {
        if (function_.values[object].type.isSubtypeOf(hir::kPlainData)) {
            builder_.decRef(object);
            return;
        }
        hir::Snapshot state = function_.snapshots[behind_];
        state.stack.insert(state.stack.end(), held.begin(), held.end());
        const SnapshotId exit = builder_.snapshot(std::move(state));
        state_.pass(builder_.last());
        builder_.decRef(object, exit);
        state_.pass(builder_.last());
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    ValueMap map_;
    BeforeState state_;
    BlockId block_;                 // where the instructions go
    uint32_t site_ = 0;             // of the bytecode in work
    SnapshotId exit_;               // before it
    SnapshotId behind_;             // its state without operands and results
    std::vector<ValueId> results_;  // for the next TakeStack instructions
    size_t taken_ = 0;
    bool changed_ = false;
};

}  // namespace

Changed specialise_accesses(Function& function, PassContext& context) {
    return AccessSpecialisation(function, context).run();
}

}  // namespace pyjion::passes
