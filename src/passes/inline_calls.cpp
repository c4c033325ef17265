// SPDX-License-Identifier: MIT
// Puts the code of callees into their callers. Input: CallFunction, CallOperator and CallGetter of callees that have a
// body for that (inlinee.h), and Call of classes whose __init__ has one. Output: a guard that the call would enter this
// code, and the body in the place of the call. The body needs no frame: nobody can look at it but from an exit, which
// makes the frames that its snapshot lists.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/before_state.h"
#include "passes/known_calls.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/straight_blocks.h"
#include "passes/unreachable_blocks.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InlinedCall;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// Code units that may be inlined in one function.
constexpr uint32_t kMostUnits = 1200;

/// What takes the place of a call.
struct Replacement {
    const InlineeFact& fact;
    uint32_t callee = 0;  // as in CallFunction
    uint32_t callUnit = 0;
    hir::Snapshot state;             // of the caller, below the callee's frame
    std::vector<ValueId> arguments;  // the function first
    InlinedCall::End end = InlinedCall::End::Plain;
    uint32_t op = 0;      // Operator: as in CallOperator,
    BlockId implemented;  // and where results go that are certainly not NotImplemented
};

/// One body on its way into a caller.
class Splice {
  public:
    Splice(Function& caller, const Replacement& call, uint32_t firstUnit)
        : caller_(caller),
          body_(*call.fact.body),
          call_(call),
          state_(call.state),
          firstUnit_(firstUnit),
          values_(body_.values.size()),
          blocks_(body_.blocks.size()),
          snapshots_(body_.snapshots.size()) {}

    /// Makes the blocks. Those that end the body jump to `behind`, whose parameter is the result.
    BlockId run(BlockId behind) {
        behind_ = behind;
        noteCalls();
        const std::vector<BlockId> order = body_.reversePostorder();
        for (BlockId block : order) {
            blocks_[block.index()] = caller_.addBlock();
            for (ValueId param : body_.blocks[block].params) {
                const hir::Value& value = body_.values[param];
                values_[param.index()] = caller_.addParam(blocks_[block.index()], value.type, value.ownership);
            }
        }
        for (BlockId block : order) {
            for (InstrId id : body_.blocks[block].instrs) {
                copy(blocks_[block.index()], id);
            }
        }
        return blocks_[body_.entry.index()];
    }

  private:
    void noteCalls() {
        const auto depth = static_cast<uint32_t>(state_.stack.size());
        caller_.inlined.push_back({firstUnit_, call_.fact.ownUnitCount, call_.callUnit, depth, call_.fact.localCount,
                                   call_.callee, call_.end, call_.op});
        for (InlinedCall call : body_.inlined) {
            call.firstUnit += firstUnit_;
            call.callUnit += firstUnit_;
            call.stackDepth += depth;
            caller_.inlined.push_back(call);
        }
        caller_.stackSize = std::max(caller_.stackSize, depth + body_.stackSize);
    }

    ValueId mapped(ValueId value) const { return values_[value.index()]; }

    void copy(BlockId block, InstrId id) {
        const hir::Instr& instr = body_.instrs[id];
        switch (instr.opcode) {
            case Opcode::Snapshot:
                copySnapshot(block, instr);
                return;
            case Opcode::EntryStack:
                values_[instr.result.index()] = call_.arguments[hir::EntryStack(body_, id).depth()];
                return;
            case Opcode::GuardQuietEnd:
                if (isHeldByCaller(instr.operands[0])) {
                    return;
                }
                break;
            case Opcode::InlinedReturn:
                end(block, instr);
                return;
            default:
                break;
        }
        hir::Instr made = instr;
        made.bytecode += firstUnit_;
        made.block = {};
        made.result = {};
        if (made.snapshot.valid()) {
            made.snapshot = snapshots_[made.snapshot.index()];
        }
        for (ValueId& operand : made.operands) {
            operand = mapped(operand);
        }
        for (hir::Target& target : made.targets) {
            target.block = blocks_[target.block.index()];
            for (ValueId& argument : target.arguments) {
                argument = mapped(argument);
            }
        }
        const InstrId placed = caller_.addInstr(std::move(made));
        if (instr.result.valid()) {
            const hir::Value& value = body_.values[instr.result];
            values_[instr.result.index()] = caller_.addResult(placed, value.type, value.ownership);
        }
        caller_.append(block, placed);
    }

    void copySnapshot(BlockId block, const hir::Instr& instr) {
        const hir::Snapshot& inner = body_.snapshots[instr.snapshot];
        hir::Snapshot state = state_;
        state.bytecode = inner.bytecode + firstUnit_;
        for (ValueId value : inner.stack) {
            state.stack.push_back(mapped(value));
        }
        hir::Builder builder(caller_);
        builder.setBlock(block);
        builder.setBytecode(instr.bytecode + firstUnit_);
        snapshots_[instr.snapshot.index()] = builder.snapshot(std::move(state));
    }

    /// An argument that something of the caller's keeps alive during the call: nothing that the body does lets go of
    /// that, as it runs no Python code and has no locals of the caller's.
    bool isHeldByCaller(ValueId input) const {
        const InstrId entry = body_.values[input].definition;
        if (!entry.valid() || body_.instrs[entry].opcode != Opcode::EntryStack) {
            return false;
        }
        const InstrId definition = caller_.values[mapped(input)].definition;
        if (!definition.valid()) {
            return false;
        }
        switch (caller_.instrs[definition].opcode) {
            case Opcode::CopyLocal:
            case Opcode::LoadFound:
                return true;
            case Opcode::IncRef:
                return isHeld(caller_.instrs[definition].operands[0]);
            default:
                return false;
        }
    }

    bool isHeld(ValueId value) const {
        const ValueId root = objectBehind(caller_, value);
        return isKeptByCode(caller_, root) ||
               std::find(state_.stack.begin(), state_.stack.end(), root) != state_.stack.end();
    }

    void end(BlockId block, const hir::Instr& instr) {
        hir::Builder builder(caller_);
        builder.setBlock(block);
        builder.setBytecode(instr.bytecode + firstUnit_);
        const ValueId result = mapped(instr.operands[0]);
        const bool isEnd = call_.end == InlinedCall::End::Operator && isImplemented(result);
        builder.jump(isEnd ? call_.implemented : behind_, {result});
    }

    /// Not the object NotImplemented.
    bool isImplemented(ValueId result) const {
        const InstrId definition = caller_.values[result].definition;
        return !caller_.values[result].type.mayBe(hir::kOtherObject) ||
               (definition.valid() && caller_.instrs[definition].opcode == Opcode::NewInstance);
    }

    Function& caller_;
    const Function& body_;
    const Replacement& call_;
    const hir::Snapshot& state_;
    const uint32_t firstUnit_;
    BlockId behind_;
    std::vector<ValueId> values_;        // by value of the body
    std::vector<BlockId> blocks_;        // likewise
    std::vector<SnapshotId> snapshots_;  // likewise
};

class Inlining {
  public:
    Inlining(Function& function, PassContext& context) : function_(function), context_(context), map_(function) {}

    Changed run() {
        if (context_.facts.inlinees.empty()) {
            return Changed::kNo;
        }
        nextUnit_ = context_.facts.unitCount;
        for (const InlinedCall& call : function_.inlined) {
            nextUnit_ = std::max(nextUnit_, call.firstUnit + call.unitCount);
        }
        const uint32_t limit = nextUnit_ + kMostUnits;
        for (BlockId block : function_.reversePostorder()) {
            while (block.valid() && nextUnit_ < limit) {
                block = inlineFirstIn(block);
            }
        }
        if (!changed_) {
            return Changed::kNo;
        }
        map_.apply(function_);
        removeUnreachableBlocks(function_);  // results that are never NotImplemented
        joinStraightBlocks(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    /// Inlines the first call of a block for which that can be done; the block behind it, if there was one.
    BlockId inlineFirstIn(BlockId block) {
        BeforeState before(function_);
        const std::vector<InstrId> instrs = function_.blocks[block].instrs;
        for (size_t place = 0; place < instrs.size(); ++place) {
            map_.apply(function_, instrs[place]);
            const hir::Instr& instr = function_.instrs[instrs[place]];
            const bool isCall = instr.opcode == Opcode::CallFunction || instr.opcode == Opcode::CallOperator ||
                                instr.opcode == Opcode::CallGetter || instr.opcode == Opcode::Call;
            const SnapshotId exit = isCall ? stateBefore(instrs, place, before) : SnapshotId();
            if (exit.valid() && !context_.facts.notInlined.contains(function_.ownUnit(instr.bytecode))) {
                if (const BlockId behind = inlineCall(block, place, exit); behind.valid()) {
                    return behind;
                }
            }
            before.pass(instrs[place]);
        }
        return {};
    }

    /// Before a call, and before its arguments were completed if they were: that is where the guard of their signature
    /// leaves to.
    SnapshotId stateBefore(const std::vector<InstrId>& instrs, size_t place, const BeforeState& before) {
        completion_ = {};
        const hir::Instr& call = function_.instrs[instrs[place]];
        while (place-- > 0) {
            const hir::Instr& instr = function_.instrs[instrs[place]];
            if (instr.opcode == Opcode::GuardSignature) {
                return instr.snapshot;
            }
            if (instr.opcode != Opcode::LoadFound) {
                break;
            }
            completion_ = instrs[place];
        }
        completion_ = {};
        return before.before(call);
    }

    /// Where the guards of a call go: in front of the objects that complete its arguments, which no exit would give
    /// back.
    hir::Builder guardsOf(const hir::Instr& call, BlockId block) {
        hir::Builder builder(function_);
        builder.setBlock(block);
        builder.setBytecode(call.bytecode);
        if (completion_.valid()) {
            builder.setInsertBefore(completion_);
        }
        return builder;
    }

    BlockId inlineCall(BlockId block, size_t place, SnapshotId exit) {
        const hir::Instr& call = function_.instrs[function_.blocks[block].instrs[place]];
        if (call.opcode == Opcode::CallOperator || call.opcode == Opcode::CallGetter) {
            return inlineKeeping(block, place, exit);
        }
        if (call.opcode == Opcode::Call || classBehind(function_, context_.facts, call.operands[0]) != nullptr) {
            return inlineClass(block, place, exit);
        }
        return inlineFunction(block, place, exit);
    }

    const InlineeFact* inlineeOf(uint32_t callee) {
        const auto found = context_.facts.inlinees.find(callee);
        // Where names are kept in registers, their dict does not say what they mean.
        const bool knowsNames = function_.names.empty();
        const bool isKnown = found != context_.facts.inlinees.end() && (knowsNames || !found->second.readsNames);
        return isKnown && context_.fuel.take() ? &found->second : nullptr;
    }

    /// Takes a call of a function, its first operand, out. The block behind it gets its result; the guard that the body
    /// may take its place ends the block in front.
    BlockId openCall(BlockId block, size_t place, const InlineeFact& fact, SnapshotId exit) {
        const hir::Instr call = function_.instrs[function_.blocks[block].instrs[place]];
        const BlockId behind = function_.splitAt(block, place);
        changed_ = true;
        guardsOf(call, block)
            .guardCallee(call.operands[0], static_cast<uint32_t>(call.immediates[0].integer), fact.readsNames, exit);
        const hir::Value result = function_.values[call.result];
        map_.replace(call.result, function_.addParam(behind, result.type, result.ownership));
        return behind;
    }

    BlockId inlineFunction(BlockId block, size_t place, SnapshotId exit) {
        const hir::Instr call = function_.instrs[function_.blocks[block].instrs[place]];
        const auto callee = static_cast<uint32_t>(call.immediates[0].integer);
        const InlineeFact* fact = inlineeOf(callee);
        if (fact == nullptr) {
            return {};
        }
        const BlockId behind = openCall(block, place, *fact, exit);
        put(block, {*fact, callee, call.bytecode, function_.snapshots[call.snapshot], call.operands, {}, 0, {}},
            behind);
        return behind;
    }

    /// Operators and properties: the operands are kept until the function has returned, which gets references of its
    /// own.
    BlockId inlineKeeping(BlockId block, size_t place, SnapshotId exit) {
        const hir::Instr instr = function_.instrs[function_.blocks[block].instrs[place]];
        const bool isOperator = instr.opcode == Opcode::CallOperator;
        const auto callee = static_cast<uint32_t>(instr.immediates[0].integer);
        const uint32_t op = isOperator ? static_cast<uint32_t>(instr.immediates[1].integer) : 0;
        const InlineeFact* fact = inlineeOf(callee);
        if (fact == nullptr) {
            return {};
        }
        const BlockId behind = openCall(block, place, *fact, exit);
        hir::Builder builder(function_);
        builder.setBlock(block);
        builder.setBytecode(instr.bytecode);
        const hir::Snapshot ended = function_.snapshots[instr.snapshot];
        hir::Snapshot state = ended;
        state.stack.insert(state.stack.end(), instr.operands.rbegin(), instr.operands.rend() - 1);
        std::vector<ValueId> operands;
        for (ValueId operand : instr.operands) {
            operands.push_back(builder.incRef(operand));
        }
        const BlockId released = releaseOperands(instr, ended, behind);
        Replacement call{*fact, callee, instr.bytecode, std::move(state), std::move(operands), {}, op, {}};
        if (!isOperator) {
            call.end = InlinedCall::End::Getter;
            put(block, call, released);
            return behind;
        }
        call.end = InlinedCall::End::Operator;
        call.implemented = released;
        put(block, call, finishOperator(instr, op, released, behind));
        return behind;
    }

    /// A block that ends an operator or a property with its parameter.
    BlockId releaseOperands(const hir::Instr& call, const hir::Snapshot& ended, BlockId behind) {
        const BlockId block = function_.addBlock();
        const ValueId result = function_.addParam(block, hir::kObject, hir::Ownership::Owned);
        hir::Builder builder(function_);
        builder.setBlock(block);
        builder.setBytecode(call.bytecode);
        hir::Snapshot state = ended;
        state.stack.push_back(result);
        const SnapshotId exit = builder.snapshot(std::move(state));
        builder.releaseInOrder({call.operands.begin() + 1, call.operands.end()}, exit);
        builder.jump(behind, {result});
        return block;
    }

    /// A block that does with its parameter, what the method has returned, what the operator does.
    BlockId finishOperator(const hir::Instr& call, uint32_t op, BlockId implemented, BlockId behind) {
        const BlockId block = function_.addBlock();
        const BlockId asks = function_.addBlock();
        const ValueId returned = function_.addParam(block, hir::kObject, hir::Ownership::Owned);
        hir::Builder builder(function_);
        builder.setBlock(block);
        builder.setBytecode(call.bytecode);
        if (op == base::kSubscription) {
            builder.jump(implemented, {returned});
            return block;
        }
        builder.branch(builder.testNotImplemented(returned), {asks, {}}, {implemented, {returned}});
        builder.setBlock(asks);
        const SnapshotId raised = builder.snapshot(hir::Snapshot(function_.snapshots[call.snapshot]));
        builder.jump(behind, {builder.finishOperator(returned, call.operands[1], call.operands[2], op, raised)});
        return block;
    }

    /// Calls of classes: type.__call__ makes the instance, lets __init__ have it, and gives it back.
    BlockId inlineClass(BlockId block, size_t place, SnapshotId exit) {
        const hir::Instr instr = function_.instrs[function_.blocks[block].instrs[place]];
        const size_t self = instr.opcode == Opcode::Call ? 1 : 0;  // behind the null of a call that is no method's
        const ClassFact* made = classOf(instr, self);
        const InlineeFact* fact = made != nullptr ? inlineeOf(made->callee) : nullptr;
        if (fact == nullptr || !fact->returnsNone) {
            return {};
        }
        const std::vector<ValueId> arguments(instr.operands.begin() + static_cast<ptrdiff_t>(self) + 1,
                                             instr.operands.end());
        const ValueId type = instr.operands[self];
        const BlockId behind = function_.splitAt(block, place);
        changed_ = true;
        hir::Builder builder = guardsOf(instr, block);
        builder.guardClass(type, made->version, exit);
        const ValueId initialiser = builder.peekFound(made->object, hir::kFunctionExact);
        builder.guardCallee(initialiser, made->callee, fact->readsNames, exit);
        builder.guardQuietEnd(type, {}, 1, exit);
        const ValueId instance = builder.newInstance(type, made->version, exit);
        builder.releaseQuietly(type);
        hir::Snapshot state = function_.snapshots[instr.snapshot];
        state.stack.push_back(instance);
        std::vector<ValueId> operands{builder.incRef(initialiser), builder.incRef(instance)};
        operands.insert(operands.end(), arguments.begin(), arguments.end());
        map_.replace(instr.result, instance);
        const ValueId none = function_.addParam(behind, hir::kNoneExact, hir::Ownership::Owned);
        put(block,
            {*fact,
             made->callee,
             instr.bytecode,
             std::move(state),
             std::move(operands),
             InlinedCall::End::Instance,
             0,
             {}},
            behind);
        hir::Builder after(function_);
        after.setBytecode(instr.bytecode);
        after.setInsertBefore(function_.blocks[behind].instrs.front());
        after.decRef(none);
        return behind;
    }

    const ClassFact* classOf(const hir::Instr& call, size_t self) const {
        const bool isPlain = self == 0 || function_.values[call.operands[0]].type == hir::kNull;
        const ClassFact* made = isPlain ? classBehind(function_, context_.facts, call.operands[self]) : nullptr;
        return made != nullptr && made->argumentCount == call.operands.size() - self ? made : nullptr;
    }

    void put(BlockId block, const Replacement& call, BlockId behind) {
        const BlockId body = Splice(function_, call, nextUnit_).run(behind);
        nextUnit_ += call.fact.unitCount;
        hir::Builder builder(function_);
        builder.setBlock(block);
        builder.setBytecode(call.callUnit);
        builder.jump(body);
    }

    Function& function_;
    PassContext& context_;
    ValueMap map_;
    InstrId completion_;  // of the call in work: the first object that completes its arguments
    uint32_t nextUnit_ = 0;
    bool changed_ = false;
};

}  // namespace

Changed inline_calls(Function& function, PassContext& context) {
    return Inlining(function, context).run();
}

}  // namespace pyjion::passes
