// SPDX-License-Identifier: MIT
#include "hir/print.h"

#include <bit>
#include <cctype>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "hir/instruction.h"

namespace pyjion::hir {

namespace {

bool isPlainName(std::string_view name) {
    for (char c : name) {
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') {
            return false;
        }
    }
    return !name.empty();
}

std::string quoteName(std::string_view name) {
    if (isPlainName(name)) {
        return std::string(name);
    }
    std::string text = "\"";
    for (char c : name) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < 0x20) {
            text += fmt::format("\\x{:02x}", byte);
        } else {
            text += c;
        }
    }
    return text + '"';
}

/// A value of the interpreter's state; `-` where the frame is right as it is.
std::string slotText(ValueId value) {
    return value.valid() ? toString(value) : "-";
}

std::string listText(const std::vector<ValueId>& values) {
    std::string text;
    for (ValueId value : values) {
        text += (text.empty() ? "" : ", ") + slotText(value);
    }
    return "(" + text + ")";
}

std::string targetText(const Target& target) {
    return toString(target.block) + (target.arguments.empty() ? "" : listText(target.arguments));
}

const char* enumName(std::span<const char* const> names, int64_t value) {
    return value >= 0 && static_cast<size_t>(value) < names.size() ? names[static_cast<size_t>(value)] : "Invalid";
}

std::string immediateText(ImmediateKind kind, const Immediate& immediate) {
    switch (kind) {
        case ImmediateKind::Int:
        case ImmediateKind::Index:
            return fmt::format("{}", immediate.integer);
        case ImmediateKind::Double:
            return printDouble(immediate.real);
        case ImmediateKind::Type:
            return toString(Type::fromBits(immediate.type));
        case ImmediateKind::Binary:
            return enumName(namesOfBinaryOperator(), immediate.integer);
        case ImmediateKind::Compare:
            return enumName(namesOfCompareOperator(), immediate.integer);
        case ImmediateKind::Unary:
            return enumName(namesOfUnaryOperator(), immediate.integer);
        case ImmediateKind::Operation:
            return enumName(namesOfOperation(), immediate.integer);
        case ImmediateKind::Flag:
            return immediate.integer ? "true" : "false";
        case ImmediateKind::Reason:
            return enumName(namesOfExitReason(), immediate.integer);
    }
    return "";
}

std::string snapshotText(const Function& function, const Instr& instr) {
    const Snapshot& state = function.snapshots[instr.snapshot];
    std::string text = fmt::format("{} = Snapshot @{} locals{} stack{}", toString(instr.snapshot), state.bytecode,
                                   listText(state.locals), listText(state.stack));
    if (state.parent.valid()) {
        text += " parent " + toString(state.parent);
    }
    return text;
}

std::string instrText(const Function& function, const Instr& instr, bool snapshots) {
    const OpInfo& row = info(instr.opcode);
    if (row.snapshot) {
        return snapshotText(function, instr);
    }
    std::string text;
    if (instr.result.valid()) {
        const Value& value = function.values[instr.result];
        text = fmt::format("{}: {} = ", toString(instr.result), printType(value.type, value.ownership));
    }
    text += row.name;
    const char* separator = " ";
    auto add = [&](const std::string& item) {
        text += separator + item;
        separator = ", ";
    };
    for (ValueId operand : instr.operands) {
        add(slotText(operand));
    }
    for (size_t i = 0; i < instr.immediates.size() && i < row.immediates.size(); ++i) {
        const ImmediateInfo& immediate = row.immediates[i];
        add(fmt::format("{} {}", immediate.name, immediateText(immediate.kind, instr.immediates[i])));
    }
    for (const Target& target : instr.targets) {
        add(targetText(target));
    }
    if (instr.snapshot.valid() && snapshots) {
        add("exit " + toString(instr.snapshot));
    }
    return text;
}

std::string labelText(const Function& function, BlockId block) {
    std::string text;
    for (ValueId param : function.blocks[block].params) {
        const Value& value = function.values[param];
        text +=
            fmt::format("{}{}: {}", text.empty() ? "" : ", ", toString(param), printType(value.type, value.ownership));
    }
    return toString(block) + (text.empty() ? "" : "(" + text + ")") + ":\n";
}

/// Reachable blocks in reverse postorder, then the others that are not empty.
std::vector<BlockId> printingOrder(const Function& function) {
    std::vector<BlockId> order = function.reversePostorder();
    std::vector<bool> seen(function.blocks.size());
    for (BlockId block : order) {
        seen[block.index()] = true;
    }
    for (uint32_t index = 0; index < function.blocks.size(); ++index) {
        const Block& block = function.blocks[BlockId(index)];
        if (!seen[index] && (!block.params.empty() || !block.instrs.empty())) {
            order.push_back(BlockId(index));
        }
    }
    return order;
}

}  // namespace

std::string toString(ValueId value) {
    return value.valid() ? fmt::format("v{}", value.index()) : "-";
}
std::string toString(BlockId block) {
    return block.valid() ? fmt::format("block{}", block.index()) : "-";
}
std::string toString(SnapshotId snapshot) {
    return snapshot.valid() ? fmt::format("s{}", snapshot.index()) : "-";
}

std::string printType(Type type, Ownership ownership) {
    const char* prefix = ownership == Ownership::Owned ? "own " : ownership == Ownership::Borrowed ? "borrow " : "";
    return prefix + toString(type);
}

std::string printDouble(double value) {
    if (std::isnan(value)) {
        return fmt::format("0x{:016x}", std::bit_cast<uint64_t>(value));  // NaNs keep sign and payload
    }
    if (std::isinf(value)) {
        return value < 0 ? "-inf" : "inf";
    }
    return fmt::format("{}", value);
}

std::string printInstr(const Function& function, InstrId id, const PrintOptions& options) {
    const Instr& instr = function.instrs[id];
    std::string text = instrText(function, instr, options.snapshots);
    if (options.bytecodes) {
        text += fmt::format(" ; {}", instr.bytecode);
    }
    return text;
}

std::string print(const Function& function, const PrintOptions& options) {
    std::string text = fmt::format("function %{}(locals {}, stack {}, entry {}", quoteName(function.name),
                                   function.localCount, function.stackSize, function.entryBytecode);
    for (const NameSlot& slot : function.names) {
        text += fmt::format(", name {} site {} seen {}", slot.name, slot.site, toString(slot.seen));
    }
    for (const InlinedCall& call : function.inlined) {
        text += fmt::format(", inlined {} call {} units {} count {} depth {} locals {}", call.callee, call.callUnit,
                            call.firstUnit, call.unitCount, call.stackDepth, call.localCount);
        if (call.end == InlinedCall::End::Instance) {
            text += " instance";
        } else if (call.end == InlinedCall::End::Operator) {
            text += fmt::format(" operator {}", call.op);
        } else if (call.end == InlinedCall::End::Getter) {
            text += " getter";
        }
    }
    text += ") {\n";
    for (BlockId block : printingOrder(function)) {
        text += labelText(function, block);
        if (options.noteBelowLabel) {
            text += options.noteBelowLabel(block);
        }
        for (InstrId id : function.blocks[block].instrs) {
            if (!options.snapshots && infoOf(function, id).snapshot) {
                continue;
            }
            text += "  " + printInstr(function, id, options) + "\n";
            if (options.noteBelow) {
                text += options.noteBelow(id);
            }
        }
    }
    return text + "}\n";
}

}  // namespace pyjion::hir
