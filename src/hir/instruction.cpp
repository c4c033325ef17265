// SPDX-License-Identifier: MIT
#include "hir/instruction.h"

#include <optional>
#include <string_view>

namespace pyjion::hir {

namespace {

Immediate fromInteger(int64_t value) {
    Immediate immediate;
    immediate.integer = value;
    return immediate;
}

std::optional<uint32_t> localImmediate(const Instr& instr) {
    const OpInfo& row = info(instr.opcode);
    for (size_t i = 0; i < row.immediates.size(); ++i) {
        if (std::string_view(row.immediates[i].name) == "local") {
            return static_cast<uint32_t>(instr.immediates[i].integer);
        }
    }
    return std::nullopt;
}

}  // namespace

Immediate makeImmediate(int64_t value) {
    return fromInteger(value);
}
Immediate makeImmediate(uint32_t value) {
    return fromInteger(value);
}
Immediate makeImmediate(bool value) {
    return fromInteger(value ? 1 : 0);
}
Immediate makeImmediate(BinaryOperator value) {
    return fromInteger(static_cast<int64_t>(value));
}
Immediate makeImmediate(CompareOperator value) {
    return fromInteger(static_cast<int64_t>(value));
}
Immediate makeImmediate(UnaryOperator value) {
    return fromInteger(static_cast<int64_t>(value));
}
Immediate makeImmediate(Operation value) {
    return fromInteger(static_cast<int64_t>(value));
}
Immediate makeImmediate(ExitReason value) {
    return fromInteger(static_cast<int64_t>(value));
}

Immediate makeImmediate(double value) {
    Immediate immediate;
    immediate.real = value;
    return immediate;
}

Immediate makeImmediate(Type value) {
    Immediate immediate;  // the upper half stays zero: immediates can be compared as integers
    immediate.type = value.bits();
    return immediate;
}

const OpInfo& infoOf(const Function& function, InstrId id) {
    return info(function.instrs[id].opcode);
}

Type resultTypeByRule(const Function& function, const Instr& instr) {
    const OpInfo& row = info(instr.opcode);
    auto operandType = [&] { return function.values[instr.operands[row.resultOperand]].type; };
    auto immediateType = [&] { return Type::fromBits(instr.immediates[row.resultImmediate].type); };
    switch (row.result) {
        case ResultRule::None:
            return kBottom;
        case ResultRule::Fixed:
            return row.resultType;
        case ResultRule::Same:
            return operandType();
        case ResultRule::Refine:
            return operandType() & immediateType();
        case ResultRule::NotNull:
            return operandType() - kNull;
        case ResultRule::Immediate:
            return immediateType();
        case ResultRule::Operation:
            return resultOf(static_cast<Operation>(instr.immediates[row.resultImmediate].integer));
    }
    return kBottom;
}

bool isQuiet(const Function& function, InstrId id) {
    const Instr& instr = function.instrs[id];
    if (!info(instr.opcode).quiet) {
        return false;
    }
    for (ValueId operand : instr.operands) {
        if (!function.values[operand].type.isSubtypeOf(kPlainData)) {
            return false;
        }
    }
    return true;
}

Effects effectsOf(const Function& function, InstrId id) {
    if (isQuiet(function, id)) {
        return {};
    }
    const OpInfo& row = infoOf(function, id);
    return {row.reads, row.writes};
}

ExitKind exitKindOf(const Function& function, InstrId id) {
    const Instr& instr = function.instrs[id];
    ExitKind kind = info(instr.opcode).exits;
    if (kind != ExitKind::None && !instr.snapshot.valid() && isQuiet(function, id)) {
        return ExitKind::None;
    }
    return kind;
}

ExitReason exitReasonOf(const Function& function, InstrId id) {
    const Instr& instr = function.instrs[id];
    const OpInfo& row = info(instr.opcode);
    for (size_t i = 0; i < row.immediates.size(); ++i) {
        if (row.immediates[i].kind == ImmediateKind::Reason) {
            return static_cast<ExitReason>(instr.immediates[i].integer);
        }
    }
    return row.reason;
}

bool consumesOperand(const Function& function, InstrId id, size_t index) {
    const Instr& instr = function.instrs[id];
    if (instr.opcode == Opcode::Operate || instr.opcode == Opcode::Perform || instr.opcode == Opcode::Spread) {
        return index >= borrowedOperands(static_cast<Operation>(instr.immediates[0].integer));
    }
    const bool isNumber = function.values[instr.operands[index]].type.isSubtypeOf(kUnboxed);  // which nobody owns
    return !isNumber && infoOf(function, id).operand(index).passing == Passing::Consumes;
}

std::optional<uint32_t> writtenLocal(const Function& function, InstrId id) {
    bool writes = infoOf(function, id).writes.overlaps(kLocalsHeap | kFrameHeap);
    return writes ? localImmediate(function.instrs[id]) : std::nullopt;
}

uint32_t resultsInSlots(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::Spread:
            return static_cast<uint32_t>(instr.immediates.back().integer);
        case Opcode::CheckGroupMatch:
        case Opcode::LookUpContext:
        case Opcode::Send:
            return 1;
        default:
            return 0;
    }
}

std::optional<uint32_t> borrowedLocal(const Function& function, InstrId id) {
    const OpInfo& row = infoOf(function, id);
    bool borrows = row.resultOwnership == Ownership::Borrowed && row.reads.overlaps(kLocalsHeap);
    return borrows ? localImmediate(function.instrs[id]) : std::nullopt;
}

bool isRemovable(const Function& function, InstrId id) {
    const Instr& instr = function.instrs[id];
    const OpInfo& row = info(instr.opcode);
    if (!row.hasResult() || row.terminator || row.keep || row.required || row.exits == ExitKind::Raised ||
        !effectsOf(function, id).writes.empty()) {
        return false;
    }
    for (const OperandInfo& operand : row.operands) {
        if (operand.passing == Passing::Consumes) {
            return false;
        }
    }
    // Dropping an owned reference would leak it, unless nothing was taken to make it.
    return row.resultOwnership != Ownership::Owned || row.sinkable || row.resultType.isSubtypeOf(kNull);
}

ValueId viewRoot(const Function& function, ValueId value) {
    while (true) {
        const Value& data = function.values[value];
        if (data.ownership != Ownership::Borrowed || !data.definition.valid()) {
            return value;
        }
        const Instr& instr = function.instrs[data.definition];
        const OpInfo& row = info(instr.opcode);
        bool isView =
            row.result == ResultRule::Same || row.result == ResultRule::Refine || row.result == ResultRule::NotNull;
        if (!isView) {
            return value;
        }
        value = instr.operands[row.resultOperand];
    }
}

}  // namespace pyjion::hir
