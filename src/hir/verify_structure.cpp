// SPDX-License-Identifier: MIT
// Rules 1 to 5, 7 and 13 of the verifier: one instruction and one block at a time.
#include <algorithm>
#include <limits>
#include <span>
#include <unordered_set>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/instruction.h"
#include "hir/print.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

namespace {

constexpr Type kReference = kObject | kNull;

class StructureVerifier {
  public:
    explicit StructureVerifier(VerifyContext& context) : context_(context), function_(context.function) {}

    void run() {
        if (!function_.blocks.contains(function_.entry)) {
            context_.error(1, {}, {}, "the function has no entry block");
            return;
        }
        if (!function_.blocks[function_.entry].params.empty()) {
            context_.error(1, function_.entry, {}, "the entry block has parameters");
        }
        for (uint32_t index = 0; index < function_.blocks.size(); ++index) {
            checkBlock(BlockId(index));
        }
        if (context_.stage == Stage::Lowerable && context_.errors.empty()) {
            checkLowerable();
        }
    }

  private:
    void checkBlock(BlockId block) {
        const Block& data = function_.blocks[block];
        for (ValueId param : data.params) {
            if (!function_.values.contains(param) || function_.values[param].definition.valid() ||
                function_.values[param].block != block || !definedOnce_.insert(param).second) {
                context_.error(1, block, {}, fmt::format("{} is no parameter of this block alone", toString(param)));
                continue;
            }
            checkOwnershipFitsType(block, {}, param);
        }
        if (data.instrs.empty() && (!data.params.empty() || block == function_.entry)) {
            context_.error(1, block, {}, "the block is empty");
        }
        for (size_t i = 0; i < data.instrs.size(); ++i) {
            InstrId id = data.instrs[i];
            if (!function_.instrs.contains(id) || function_.instrs[id].block != block) {
                context_.error(1, block, {}, fmt::format("instruction {} of the list is not in the block", i));
                continue;
            }
            bool isLast = i + 1 == data.instrs.size();
            if (infoOf(function_, id).terminator != isLast) {
                context_.error(
                    1, id,
                    isLast ? "the block does not end in a terminator" : "a terminator in the middle of the block");
            }
            checkInstr(id);
        }
    }

    void checkInstr(InstrId id) {
        const Instr& instr = function_.instrs[id];
        if (!checkCounts(id, instr)) {
            return;
        }
        checkImmediates(id, instr);
        checkOperands(id, instr);
        checkResult(id, instr);
        checkTargets(id, instr);
        checkSnapshot(id, instr);
    }

    bool checkCounts(InstrId id, const Instr& instr) {
        const OpInfo& row = info(instr.opcode);
        size_t fixed = row.operands.size() - (row.isVariadic() ? 1 : 0);
        bool good = row.isVariadic() ? instr.operands.size() >= fixed : instr.operands.size() == fixed;
        bool targetsFit =
            row.targets == OpInfo::kAnyTargets ? !instr.targets.empty() : instr.targets.size() == row.targets;
        if (!good || instr.immediates.size() != row.immediates.size() || !targetsFit) {
            context_.error(2, id, "wrong number of operands, immediates or targets");
            return false;
        }
        bool known = true;
        for (ValueId operand : instr.operands) {
            known = known && checkExists(id, operand);
        }
        return known;
    }

    bool checkExists(InstrId id, ValueId value) {
        if (function_.values.contains(value)) {
            return true;
        }
        context_.error(1, id, "uses a value that does not exist");
        return false;
    }

    void checkImmediates(InstrId id, const Instr& instr) {
        const OpInfo& row = info(instr.opcode);
        for (size_t i = 0; i < row.immediates.size(); ++i) {
            int64_t value = instr.immediates[i].integer;
            int64_t limit = std::numeric_limits<int64_t>::max();
            switch (row.immediates[i].kind) {
                case ImmediateKind::Int:
                case ImmediateKind::Double:
                    continue;
                case ImmediateKind::Index:
                case ImmediateKind::Type:
                    limit = int64_t{1} << 32;
                    break;
                case ImmediateKind::Binary:
                    limit = std::ssize(namesOfBinaryOperator());
                    break;
                case ImmediateKind::Compare:
                    limit = std::ssize(namesOfCompareOperator());
                    break;
                case ImmediateKind::Unary:
                    limit = std::ssize(namesOfUnaryOperator());
                    break;
                case ImmediateKind::Operation:
                    limit = std::ssize(namesOfOperation());
                    break;
                case ImmediateKind::Flag:
                    limit = 2;
                    break;
                case ImmediateKind::Reason:
                    limit = std::ssize(namesOfExitReason());
                    break;
            }
            if (value < 0 || value >= limit) {
                context_.error(2, id, fmt::format("immediate {} is out of range", row.immediates[i].name));
            }
        }
    }

    /// A number may stand where a reference would be consumed.
    static bool isPassedByValue(const OperandInfo& wanted, const Value& value) {
        const bool takesNumbers = (wanted.type & kUnboxed) != kBottom;
        return wanted.passing == Passing::Value || (takesNumbers && value.ownership == Ownership::None);
    }

    void checkOperands(InstrId id, const Instr& instr) {
        const OpInfo& row = info(instr.opcode);
        for (size_t i = 0; i < instr.operands.size(); ++i) {
            const OperandInfo& wanted = row.operand(i);
            const Value& value = function_.values[instr.operands[i]];
            std::string name = toString(instr.operands[i]);
            if (!value.type.isSubtypeOf(wanted.type)) {
                context_.error(4, id,
                               fmt::format("{} is {}, but {} must be {}", name, toString(value.type), wanted.name,
                                           toString(wanted.type)));
            }
            bool isReference = value.ownership != Ownership::None;
            if (consumesOperand(function_, id, i) && value.ownership != Ownership::Owned) {
                context_.error(4, id, fmt::format("{} is not owned, but {} is consumed", name, wanted.name));
            } else if (isPassedByValue(wanted, value) == isReference) {
                context_.error(4, id, fmt::format("{} has the wrong ownership for {}", name, wanted.name));
            }
        }
    }

    void checkResult(InstrId id, const Instr& instr) {
        const OpInfo& row = info(instr.opcode);
        if (instr.result.valid() != row.hasResult()) {
            context_.error(5, id, row.hasResult() ? "the result is missing" : "there is no result");
            return;
        }
        if (!row.hasResult()) {
            return;
        }
        if (!function_.values.contains(instr.result) || function_.values[instr.result].definition != id ||
            function_.values[instr.result].block != instr.block || !definedOnce_.insert(instr.result).second) {
            context_.error(1, id, "the result is not defined here alone");
            return;
        }
        const Value& value = function_.values[instr.result];
        if (value.ownership != row.resultOwnership) {
            context_.error(5, id, "the result's ownership is not that of the row");
        }
        checkOwnershipFitsType(instr.block, id, instr.result);
        Type rule = resultTypeByRule(function_, instr);
        // A pass may know more about a fixed type, and less than what the operands have come to say.
        bool follows =
            row.result == ResultRule::Same || row.result == ResultRule::Refine || row.result == ResultRule::NotNull;
        Type limit = follows ? upperBound(row, instr) : rule;
        if (!value.type.isSubtypeOf(limit) || (follows && !rule.isSubtypeOf(value.type))) {
            context_.error(5, id,
                           fmt::format("the result is {}, but by its row {}", toString(value.type), toString(rule)));
        }
    }

    static Type upperBound(const OpInfo& row, const Instr& instr) {
        Type operand = row.operands[row.resultOperand].type;
        switch (row.result) {
            case ResultRule::Refine:
                return operand & Type::fromBits(instr.immediates[row.resultImmediate].type);
            case ResultRule::NotNull:
                return operand - kNull;
            default:
                return operand;
        }
    }

    void checkOwnershipFitsType(BlockId block, InstrId id, ValueId value) {
        const Value& data = function_.values[value];
        bool reference = data.ownership != Ownership::None;
        bool good = data.type.isSubtypeOf(reference ? kReference : kUnboxed);
        if (!good) {
            context_.error(5, block, id,
                           fmt::format("{} of type {} has the wrong ownership", toString(value), toString(data.type)));
        }
    }

    void checkTargets(InstrId id, const Instr& instr) {
        for (const Target& target : instr.targets) {
            if (!function_.blocks.contains(target.block)) {
                context_.error(1, id, "goes to a block that does not exist");
                continue;
            }
            const Block& block = function_.blocks[target.block];
            if (block.instrs.empty()) {
                context_.error(1, id, fmt::format("goes to the empty {}", toString(target.block)));
            }
            if (block.params.size() != target.arguments.size()) {
                context_.error(3, id,
                               fmt::format("{} arguments for the {} parameters of {}", target.arguments.size(),
                                           block.params.size(), toString(target.block)));
                continue;
            }
            for (size_t i = 0; i < target.arguments.size(); ++i) {
                if (checkExists(id, target.arguments[i]) && function_.values.contains(block.params[i])) {
                    checkArgument(id, target.arguments[i], block.params[i]);
                }
            }
        }
    }

    void checkArgument(InstrId id, ValueId argument, ValueId param) {
        const Value& given = function_.values[argument];
        const Value& wanted = function_.values[param];
        if (!given.type.isSubtypeOf(wanted.type)) {
            context_.error(3, id,
                           fmt::format("{} is {}, but {} is {}", toString(argument), toString(given.type),
                                       toString(param), toString(wanted.type)));
        }
        bool good = wanted.ownership == Ownership::Borrowed ? given.ownership != Ownership::None
                                                            : given.ownership == wanted.ownership;
        if (!good) {
            context_.error(3, id,
                           fmt::format("{} has the wrong ownership for {}", toString(argument), toString(param)));
        }
    }

    void checkSnapshot(InstrId id, const Instr& instr) {
        const OpInfo& row = info(instr.opcode);
        bool wanted = row.snapshot || exitKindOf(function_, id) != ExitKind::None;
        if (instr.snapshot.valid() != wanted) {
            context_.error(7, id, wanted ? "the exit has no snapshot" : "names a snapshot but cannot leave");
            return;
        }
        if (!wanted) {
            return;
        }
        if (!function_.snapshots.contains(instr.snapshot) ||
            !function_.instrs.contains(function_.snapshots[instr.snapshot].owner)) {
            context_.error(7, id, "the snapshot does not exist");
            return;
        }
        const Snapshot& state = function_.snapshots[instr.snapshot];
        if (row.snapshot) {
            checkState(id, state);
        } else if (!function_.instrs[state.owner].block.valid()) {
            context_.error(7, id, fmt::format("{} was removed", toString(instr.snapshot)));
        }
    }

    void checkState(InstrId id, const Snapshot& state) {
        if (state.owner != id) {
            context_.error(1, id, "the snapshot has another owner");
        }
        for (const std::vector<ValueId>* list : {&state.locals, &state.stack}) {
            for (ValueId value : *list) {
                if (value.valid()) {
                    checkExists(id, value);
                }
            }
        }
        if (std::find(state.stack.begin(), state.stack.end(), ValueId()) != state.stack.end()) {
            context_.error(7, id, "a stack slot without value");
        }
        if (!state.parent.valid() && ((!state.locals.empty() && state.locals.size() != function_.localCount) ||
                                      state.stack.size() > function_.stackSize)) {
            context_.error(7, id,
                           fmt::format("{} locals and {} stack slots do not fit the function", state.locals.size(),
                                       state.stack.size()));
        }
        const InlinedCall* call = function_.inlinedAt(state.bytecode);
        if (call != nullptr && state.stack.size() < size_t{call->stackDepth} + 1 + call->localCount) {
            context_.error(7, id, "the stack is too short for the frames of the inlined code");
        }
        size_t steps = 0;
        for (SnapshotId parent = state.parent; parent.valid(); parent = function_.snapshots[parent].parent) {
            if (!function_.snapshots.contains(parent) || ++steps > function_.snapshots.size()) {
                context_.error(7, id, "the snapshot's parents do not end");
                return;
            }
        }
    }

    void checkLowerable() {
        std::vector<bool> reachable(function_.blocks.size());
        for (BlockId block : function_.reversePostorder()) {
            reachable[block.index()] = true;
        }
        for (uint32_t index = 0; index < function_.blocks.size(); ++index) {
            BlockId block(index);
            const Block& data = function_.blocks[block];
            if (!reachable[index] && !data.instrs.empty()) {
                context_.error(13, block, {}, "the block cannot be reached");
            }
            for (ValueId param : data.params) {
                checkNotBottom(block, {}, param);
            }
            for (InstrId id : data.instrs) {
                if (function_.instrs[id].result.valid()) {
                    checkNotBottom(block, id, function_.instrs[id].result);
                }
            }
        }
    }

    void checkNotBottom(BlockId block, InstrId id, ValueId value) {
        if (function_.values[value].type.isBottom()) {
            context_.error(13, block, id, fmt::format("{} can have no value", toString(value)));
        }
    }

    VerifyContext& context_;
    const Function& function_;
    std::unordered_set<ValueId> definedOnce_;
};

}  // namespace

void verifyStructure(VerifyContext& context) {
    StructureVerifier(context).run();
}

}  // namespace pyjion::hir
