// SPDX-License-Identifier: MIT
// Replaces helpers that find items and attributes by loads and stores in place, where the interpreter's inline caches
// say what it has found there before. Input: LoadAttr, LoadMethod, StoreAttr, BinarySubscript, StoreSubscript and
// UnpackSequence as the front end makes them. Output: guards that leave at the start of the same bytecode, the access,
// and the release of the operands, whose exits lie behind the bytecode. What else is found generically stays a helper.
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
            for (InstrId id : instrs) {
                visit(block, id);
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
    void visit(BlockId block, InstrId id) {
        map_.apply(function_, id);
        const hir::Instr instr = function_.instrs[id];
        builder_.setBytecode(instr.bytecode);
        if (instr.opcode == Opcode::TakeStack && taken_ < results_.size()) {
            map_.replace(instr.result, results_[taken_++]);
        } else if (specialise(id, instr)) {
            changed_ = true;
        } else {
            function_.append(block, id);
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

    static bool isHandled(Operation operation) {
        return operation == Operation::LoadAttr || operation == Operation::LoadMethod ||
               operation == Operation::StoreAttr || operation == Operation::BinarySubscript ||
               operation == Operation::StoreSubscript || operation == Operation::UnpackSequence;
    }

    bool specialise(InstrId id, const hir::Instr& instr) {
        const auto found = operationAndSite(function_, id);
        if (!found || !isHandled(found->first)) {
            return false;
        }
        const auto fact = context_.facts.accesses.find(found->second);
        exit_ = state_.before(instr);
        if (fact == context_.facts.accesses.end() || !exit_.valid() || !mayHold(instr, fact->second) ||
            !context_.fuel.take()) {
            return false;
        }
        behind_ = instr.snapshot;
        switch (found->first) {
            case Operation::LoadAttr:
                loadAttribute(instr, fact->second);
                break;
            case Operation::LoadMethod:
                loadMethod(instr, fact->second);
                break;
            case Operation::StoreAttr:
                storeAttribute(instr, fact->second);
                break;
            case Operation::BinarySubscript:
                loadItem(instr, fact->second);
                break;
            case Operation::StoreSubscript:
                storeItem(instr, fact->second);
                break;
            default:
                unpack(hir::Spread(function_, id), fact->second);
                break;
        }
        return true;
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

    void loadAttribute(const hir::Instr& instr, const AccessFact& fact) {
        const ValueId owner = instr.operands[0];
        const ValueId guarded = builder_.guardVersion(owner, fact.version, exit_);
        const ValueId value = fact.kind == AccessFact::Kind::Field ? builder_.loadField(guarded, fact.place, exit_)
                                                                   : builder_.loadMember(guarded, fact.place, exit_);
        release(owner, {value});
        map_.replace(instr.result, value);
    }

    void loadMethod(const hir::Instr& instr, const AccessFact& fact) {
        const ValueId owner = instr.operands[0];
        const ValueId guarded = builder_.guardVersion(owner, fact.version, exit_);
        if (fact.sharedNames != 0) {
            builder_.guardSharedNames(guarded, fact.sharedNames, exit_);
        }
        results_ = {builder_.loadFound(fact.object, fact.type), owner};
        taken_ = 0;
    }

    void storeAttribute(const hir::Instr& instr, const AccessFact& fact) {
        const ValueId owner = instr.operands[1];
        const ValueId guarded = builder_.guardVersion(owner, fact.version, exit_);
        const ValueId old = fact.kind == AccessFact::Kind::Field
                                ? builder_.exchangeField(guarded, instr.operands[0], fact.place, exit_)
                                : builder_.exchangeMember(guarded, instr.operands[0], fact.place);
        releaseBoth(old, owner);
    }

    // --- items ------------------------------------------------------------------------------------------------

    ValueId guard(ValueId operand, Type type) { return guardOperand(function_, builder_, operand, type, exit_); }

    ValueId guardContainer(ValueId container, const AccessFact& fact) {
        return fact.kind == AccessFact::Kind::Element
                   ? builder_.guardElements(container, fact.version, fact.place, exit_)
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
            return builder_.loadItem(container, place);
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
            items.push_back(builder_.loadItem(guarded, builder_.constInt(place)));
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
    SnapshotId exit_;               // before the bytecode in work
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
