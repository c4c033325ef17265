// SPDX-License-Identifier: MIT
#include "passes/quiet_body.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/self_entry.h"
#include "passes/unreachable_blocks.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

class Quieting {
  public:
    Quieting(Function& function, std::optional<uint32_t> self)
        : function_(function), builder_(function), map_(function), self_(self) {}

    std::optional<std::string> run() {
        const std::vector<BlockId> order = function_.reversePostorder();
        for (BlockId block : order) {
            for (InstrId id : function_.blocks[block].instrs) {
                if (function_.instrs[id].opcode == Opcode::Snapshot) {
                    first_.try_emplace(function_.instrs[id].bytecode, function_.instrs[id].snapshot);
                }
            }
        }
        for (BlockId block : order) {
            if (isUncommon(block)) {
                leaveAtStart(block);
                continue;
            }
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                map_.apply(function_, id);
                if (!isQuietAlready(id) && !quieten(id)) {
                    return hir::info(function_.instrs[id].opcode).name;
                }
            }
        }
        map_.apply(function_);
        removeUnreachableBlocks(function_);
        return std::nullopt;
    }

  private:
    /// What raises an exception makes it first, which takes calls.
    bool isUncommon(BlockId block) const {
        const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        const Opcode last = function_.instrs[instrs.back()].opcode;
        return (last == Opcode::Raise || last == Opcode::RaiseHandled || last == Opcode::Reraise) &&
               function_.instrs[instrs.front()].opcode == Opcode::Snapshot;
    }

    void leaveAtStart(BlockId block) {
        std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        for (InstrId id : instrs) {
            if (id != instrs.front()) {
                function_.instrs[id].block = {};
            }
        }
        const InstrId start = instrs.front();
        instrs.resize(1);
        builder_.setBlock(block);
        builder_.setBytecode(function_.instrs[start].bytecode);
        builder_.deoptimise(hir::ExitReason::Uncommon, function_.instrs[start].snapshot);
    }

    /// Runs nothing, and whatever it leaves for it leaves before its bytecode; or it is of a body that was inlined
    /// here.
    bool isQuietAlready(InstrId id) const {
        return function_.inlinedAt(function_.instrs[id].bytecode) != nullptr ||
               (hir::effectsOf(function_, id).writes.empty() &&
                hir::exitKindOf(function_, id) != hir::ExitKind::Raised);
    }

    bool quieten(InstrId id) {
        builder_.setInsertBefore(id);
        builder_.setBytecode(function_.instrs[id].bytecode);
        const hir::Instr instr = function_.instrs[id];
        switch (instr.opcode) {
            case Opcode::DecRef:
            case Opcode::ReleaseInOrder:
                return replace(id, {}, instr.operands);
            case Opcode::IsNone:
                return replace(id, builder_.testNone(instr.operands[0]), instr.operands);
            case Opcode::IsOp: {
                const ValueId same = builder_.testSame(instr.operands[0], instr.operands[1]);
                const bool negated = hir::IsOp(function_, id).negated();
                return replace(id, negated ? builder_.boolNot(same) : same, instr.operands);
            }
            case Opcode::ExchangeField:
            case Opcode::ExchangeOwn:
            case Opcode::ExchangeMember:
            case Opcode::ExchangeItem:
                return guardReplaced(id);
            case Opcode::ReleaseQuietly:  // of a call that was inlined here
            case Opcode::StoreElementInt:
            case Opcode::StoreElementDouble:
                return true;  // nothing is replaced but a number
            default:
                return askQuietly(id);
        }
    }

    /// Operations that their types may keep from running Python code, which their helpers find out.
    bool askQuietly(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        const SnapshotId exit = stateBefore(instr.bytecode);
        if (!exit.valid()) {
            return false;
        }
        switch (instr.opcode) {
            case Opcode::BinaryOp:
                return replace(id,
                               builder_.quietBinaryOp(instr.operands[0], instr.operands[1],
                                                      hir::BinaryOp(function_, id).op(), exit),
                               instr.operands);
            case Opcode::CompareOp:
                return replace(id,
                               builder_.quietCompareOp(instr.operands[0], instr.operands[1],
                                                       hir::CompareOp(function_, id).op(), exit),
                               instr.operands);
            case Opcode::ContainsOp: {
                ValueId found = builder_.quietContains(instr.operands[0], instr.operands[1], exit);
                found = hir::ContainsOp(function_, id).negated() ? builder_.boolNot(found) : found;
                return replace(id, builder_.boxBool(found), instr.operands);
            }
            case Opcode::Truth:
                return askTruth(id, exit);
            case Opcode::UnaryOp: {
                const hir::UnaryOp unary(function_, id);
                if (unary.op() != hir::UnaryOperator::Not) {
                    return false;
                }
                const ValueId truth = builder_.quietTruth(unary.input(), exit);
                return replace(id, builder_.boxBool(builder_.boolNot(truth)), instr.operands);
            }
            case Opcode::LoadGlobal: {
                const hir::LoadGlobal load(function_, id);
                return replace(id, builder_.quietGlobal(load.name(), load.site(), exit), {});
            }
            case Opcode::Operate:
                return operateQuietly(id, exit);
            case Opcode::CallFunction:
            case Opcode::CallFunctionInt:
                return callSelf(id, exit);
            default:
                return false;
        }
    }

    bool callSelf(InstrId id, SnapshotId exit) {
        const hir::Instr call = function_.instrs[id];
        const auto callee = static_cast<uint32_t>(call.immediates[0].integer);
        if (self_ != callee) {
            return false;
        }
        map_.replace(call.result,
                     enterSelf(builder_, call.opcode == Opcode::CallFunctionInt, call.operands[0],
                               {call.operands.begin() + 1, call.operands.end()}, callee, exit, call.snapshot));
        function_.remove(id);
        return true;
    }

    /// A copy that is made for this alone is not held at the exit.
    bool askTruth(InstrId id, SnapshotId exit) {
        const ValueId input = function_.instrs[id].operands[0];
        const InstrId copy = function_.values[input].definition;
        const bool isCopy = copy.valid() && function_.instrs[copy].opcode == Opcode::IncRef && !isListed(exit, input);
        if (!isCopy) {
            return replace(id, builder_.quietTruth(input, exit), {input});
        }
        const ValueId truth = builder_.quietTruth(function_.instrs[copy].operands[0], exit);
        function_.remove(copy);
        return replace(id, truth, {});
    }

    bool operateQuietly(InstrId id, SnapshotId exit) {
        const hir::Operate operate(function_, id);
        const std::vector<ValueId> inputs = function_.instrs[id].operands;
        switch (operate.operation()) {
            case hir::Operation::LoadAttr:
            case hir::Operation::BinarySubscript:
            case hir::Operation::Slice:
            case hir::Operation::CallIsInstance:
                return replace(id, builder_.quietOperate(inputs, operate.operation(), operate.site(), exit), inputs);
            default:
                return false;
        }
    }

    /// At the start of a bytecode.
    SnapshotId stateBefore(uint32_t bytecode) const {
        const auto first = first_.find(bytecode);
        return first != first_.end() ? first->second : SnapshotId();
    }

    /// Puts the release of the operands in the place of an instruction, whose result something else has computed.
    bool replace(InstrId id, ValueId result, const std::vector<ValueId>& released) {
        for (ValueId value : released) {
            if (!mayRelease(value, function_.instrs[id].bytecode, released)) {
                return false;
            }
            builder_.releaseQuietly(value);
        }
        if (result.valid()) {
            map_.replace(function_.instrs[id].result, result);
        }
        function_.remove(id);
        return true;
    }

    /// Sees to a guard in front of the bytecode, where one is needed. `released`: all that the bytecode gives back.
    bool mayRelease(ValueId value, uint32_t bytecode, const std::vector<ValueId>& released) {
        const InstrId definition = function_.values[value].definition;
        if (function_.values[value].type.isSubtypeOf(hir::kPlainData | hir::kNull) || isReplaced(definition)) {
            return true;
        }
        const SnapshotId state = stateBefore(bytecode);
        if (!state.valid() || !isListed(state, value)) {
            return false;
        }
        // A copy of what a local holds meanwhile is not the last reference.
        const bool isCopy = definition.valid() && function_.instrs[definition].opcode == Opcode::IncRef &&
                            isListed(state, hir::viewRoot(function_, function_.instrs[definition].operands[0]));
        if (!isCopy) {
            guardBehind(state, value, released);
        }
        return true;
    }

    /// What was in a place before: its guard stands in front of the exchange.
    bool isReplaced(InstrId definition) const {
        if (!definition.valid()) {
            return false;
        }
        const Opcode opcode = function_.instrs[definition].opcode;
        return opcode == Opcode::ExchangeField || opcode == Opcode::ExchangeOwn || opcode == Opcode::ExchangeMember ||
               opcode == Opcode::ExchangeItem;
    }

    bool isListed(SnapshotId state, ValueId value) const {
        const std::vector<ValueId>& stack = function_.snapshots[state].stack;
        return std::find(stack.begin(), stack.end(), value) != stack.end();
    }

    /// What is given back beside it may be the same object: it is compared where it is known at the state. (What is
    /// replaced has a guard of its own, which counts both.)
    void guardBehind(SnapshotId state, ValueId value, const std::vector<ValueId>& released) {
        uint32_t given = 1;
        std::vector<ValueId> also;
        for (ValueId other : released) {
            if (other != value && isListed(state, other)) {
                also.push_back(other);
            } else {
                given += other != value && !isReplaced(function_.values[other].definition);
            }
        }
        const InstrId owner = function_.snapshots[state].owner;
        const std::vector<InstrId>& instrs = function_.blocks[function_.instrs[owner].block].instrs;
        const auto place = std::find(instrs.begin(), instrs.end(), owner);
        hir::Builder builder(function_);
        builder.setInsertBefore(*(place + 1));
        builder.setBytecode(function_.instrs[owner].bytecode);
        builder.guardQuietEnd(value, std::move(also), given, state);
    }

    bool guardReplaced(InstrId id) {
        const SnapshotId exit = stateBefore(function_.instrs[id].bytecode);
        if (!exit.valid()) {
            return false;
        }
        const ValueId holder = function_.instrs[id].operands[0];  // which goes, too, and may be the same object
        builder_.guardQuietEnd(peek(id), {holder}, 1, exit);
        return true;
    }

    ValueId peek(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        switch (instr.opcode) {
            case Opcode::ExchangeField:
                return builder_.peekField(instr.operands[0], hir::ExchangeField(function_, id).index());
            case Opcode::ExchangeOwn: {
                const hir::ExchangeOwn exchange(function_, id);
                return builder_.peekOwn(exchange.owner(), exchange.index(), exchange.site());
            }
            case Opcode::ExchangeMember:
                return builder_.peekMember(instr.operands[0], hir::ExchangeMember(function_, id).offset());
            default:
                return builder_.peekItem(instr.operands[0], instr.operands[1]);
        }
    }

    Function& function_;
    hir::Builder builder_;
    ValueMap map_;
    const std::optional<uint32_t> self_;
    std::map<uint32_t, SnapshotId> first_;  // by bytecode: the state at its start (there are no loops)
};

}  // namespace

std::optional<std::string> makeQuiet(Function& function, std::optional<uint32_t> self) {
    return Quieting(function, self).run();
}

}  // namespace pyjion::passes
