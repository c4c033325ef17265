// SPDX-License-Identifier: MIT
#include "passes/unbox_ranges_calls.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/number_source.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// Turns `GetIter(range(start, stop, step))` into `MakeRangeIter`.
class RangeCalls {
  public:
    RangeCalls(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          uses_(function),
          users_(analysis::usersOf(function)),
          map_(function),
          state_(function) {}

    bool run() {
        findListings();
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
            function_.blocks[block].instrs.clear();
            builder_.setBlock(block);
            for (InstrId id : instrs) {
                visit(block, id);
            }
        }
        map_.apply(function_);
        for (InstrId id : dead_) {
            if (function_.instrs[id].block.valid()) {
                function_.remove(id);
            }
        }
        return changed_;
    }

  private:
    struct Limits {
        ValueId start, step, limit;
    };

    /// The snapshots that list a value, by value.
    void findListings() {
        for (BlockId block : function_.reversePostorder()) {
            for (InstrId id : function_.blocks[block].instrs) {
                if (function_.instrs[id].opcode == Opcode::Snapshot) {
                    for (ValueId value : analysis::valuesOf(function_, function_.instrs[id].snapshot)) {
                        listings_[value].push_back(function_.instrs[id].snapshot);
                    }
                }
            }
        }
    }

    void visit(BlockId block, InstrId id) {
        hir::Instr instr = function_.instrs[id];
        builder_.setBytecode(instr.bytecode);
        if (instr.opcode == Opcode::Call && isIteratedRange(instr)) {
            SnapshotId exit = state_.before(instr);
            if (exit.valid() && context_.fuel.take()) {
                replaceCall(instr, exit);
                function_.instrs[id].block = {};
                return;
            }
        }
        if (instr.opcode == Opcode::GetIter && limits_.contains(instr.operands[0])) {
            const Limits& limits = limits_.at(instr.operands[0]);
            map_.replace(instr.result, builder_.makeRangeIter(limits.start, limits.step, limits.limit));
            function_.instrs[id].block = {};
            return;
        }
        function_.append(block, id);
        state_.pass(id);
    }

    /// A call of the builtin `range` with one to three possible ints, whose result goes nowhere but into GetIter.
    bool isIteratedRange(const hir::Instr& call) const {
        size_t arguments = call.operands.size() - 2;
        bool null = function_.values[call.operands[0]].type == hir::kNull;
        if (!null || arguments < 1 || arguments > 3 || !isRange(call.operands[1])) {
            return false;
        }
        for (size_t i = 2; i < call.operands.size(); ++i) {
            bool possible = hir::kLongExact.isSubtypeOf(function_.values[call.operands[i]].type) &&
                            !isBigConstant(function_, context_.facts, call.operands[i]);
            if (!possible) {
                return false;
            }
        }
        const std::vector<InstrId>& users = users_[call.result.index()];
        return users.size() == 1 && function_.instrs[users[0]].opcode == Opcode::GetIter && !isObserved(call.result);
    }

    /// The callee is a copy of the known object made for this call alone, so that no reference need be given back.
    bool isRange(ValueId callee) const {
        InstrId copy = function_.values[callee].definition;
        if (!copy.valid() || function_.instrs[copy].opcode != Opcode::IncRef || uses_.byCode[callee.index()] != 1) {
            return false;
        }
        InstrId definition = function_.values[function_.instrs[copy].operands[0]].definition;
        if (!definition.valid()) {
            return false;
        }
        uint32_t object = 0;
        if (function_.instrs[definition].opcode == Opcode::GuardGlobal) {
            object = hir::GuardGlobal(function_, definition).object();
        } else if (function_.instrs[definition].opcode == Opcode::KnownObject) {
            object = hir::KnownObject(function_, definition).object();
        } else {
            return false;
        }
        const std::vector<std::string>& names = context_.facts.objects;
        return object < names.size() && names[object] == "builtins.range";
    }

    /// An exit needs the range object itself (between the call and GetIter there is one only under stress).
    bool isObserved(ValueId range) const {
        auto found = listings_.find(range);
        return found != listings_.end() && std::any_of(found->second.begin(), found->second.end(),
                                                       [&](SnapshotId id) { return uses_.exits[id.index()] != 0; });
    }

    ValueId number(ValueId object, SnapshotId exit) {
        NumberSource source = numberSource(function_, context_.facts, object);
        if (source.unboxed.valid()) {
            return source.unboxed;
        }
        if (source.constant != nullptr) {
            return builder_.constInt(source.constant->integer);
        }
        bool known = function_.values[object].type == hir::kLongExact;
        return builder_.unboxInt(known ? object : builder_.guardType(object, hir::kLongExact, exit), exit);
    }

    void replaceCall(const hir::Instr& call, SnapshotId exit) {
        std::vector<ValueId> numbers;
        for (size_t i = 2; i < call.operands.size(); ++i) {
            numbers.push_back(number(call.operands[i], exit));
        }
        ValueId start = numbers.size() > 1 ? numbers[0] : builder_.constInt(0);
        ValueId stop = numbers.size() > 1 ? numbers[1] : numbers[0];
        ValueId step = numbers.size() > 2 ? numbers[2] : builder_.constInt(1);
        InstrId definition = function_.values[start].definition;
        if (!definition.valid() || function_.instrs[definition].opcode != Opcode::ConstInt) {
            // The first value is not the object that was passed, but another one with its number.
            start = builder_.intAddUnchecked(start, builder_.constInt(0));
        }
        limits_[call.result] = {start, step, builder_.rangeLimit(start, stop, step, exit)};
        for (size_t i = 2; i < call.operands.size(); ++i) {
            bool known = function_.values[call.operands[i]].type.isSubtypeOf(hir::kPlainData);
            builder_.decRef(known ? call.operands[i] : builder_.assumeType(call.operands[i], hir::kLongExact));
        }
        InstrId copy = function_.values[call.operands[1]].definition;
        map_.replace(call.operands[1], function_.instrs[copy].operands[0]);
        dead_.push_back(copy);
        for (SnapshotId listing : listings_[call.result]) {
            dead_.push_back(function_.snapshots[listing].owner);
        }
        changed_ = true;
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    analysis::UseCounts uses_;
    std::vector<std::vector<InstrId>> users_;
    ValueMap map_;
    BeforeState state_;
    std::unordered_map<ValueId, std::vector<SnapshotId>> listings_;
    std::unordered_map<ValueId, Limits> limits_;  // by the result of the call
    std::vector<InstrId> dead_;
    bool changed_ = false;
};

}  // namespace

bool makeRangeIterators(Function& function, PassContext& context) {
    return RangeCalls(function, context).run();
}

}  // namespace pyjion::passes
