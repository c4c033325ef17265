// SPDX-License-Identifier: MIT
// Where values live: constants are made where they are used, conditions of branches are fused into them, new objects
// that only exits use are not made at all; everything else has a CIL local of its own, which RyuJIT puts into
// registers.
#include "base/check.h"
#include "hir/generated/opcode.h"
#include "lower/lowering.h"

namespace pyjion::lower {

const hir::Instr* Lowering::definition(hir::ValueId id) const {
    hir::InstrId instr = value(id).definition;
    return instr.valid() ? &function().instrs[instr] : nullptr;
}

cil::Type Lowering::cilType(hir::Type type) {
    if (type == hir::kInt64) {
        return cil::Type::Int64;
    }
    if (type == hir::kDouble) {
        return cil::Type::Double;
    }
    if (type == hir::kBool) {
        return cil::Type::Int32;
    }
    return cil::Type::NativeInt;
}

void Lowering::analyseUses() {
    uses_.assign(function().values.size(), 0);
    snapshotUses_.assign(function().values.size(), 0);
    fused_.assign(function().values.size(), false);
    std::vector<bool> named(function().snapshots.size(), false);
    std::vector<hir::BlockId> order = function().reversePostorder();
    for (hir::BlockId block : order) {
        for (hir::InstrId id : function().blocks[block].instrs) {
            const hir::Instr& instr = function().instrs[id];
            for (hir::ValueId operand : instr.operands) {
                uses_[operand.index()]++;
            }
            for (const hir::Target& target : instr.targets) {
                for (hir::ValueId argument : target.arguments) {
                    uses_[argument.index()]++;
                }
            }
            if (instr.snapshot.valid() && instr.opcode != hir::Opcode::Snapshot && !named[instr.snapshot.index()]) {
                named[instr.snapshot.index()] = true;
                const hir::Snapshot& snapshot = function().snapshots[instr.snapshot];
                for (hir::ValueId local : snapshot.locals) {
                    if (local.valid()) {
                        snapshotUses_[local.index()]++;
                    }
                }
                for (hir::ValueId slot : snapshot.stack) {
                    snapshotUses_[slot.index()]++;
                }
            }
        }
    }
    if (input_.spillAll) {
        return;
    }
    for (hir::BlockId block : order) {
        const hir::Instr& last = function().instrs[function().terminator(block)];
        if (last.opcode != hir::Opcode::Branch) {
            continue;
        }
        hir::ValueId condition = last.operands[0];
        const hir::Instr* compare = definition(condition);
        bool fusible = compare != nullptr &&
                       (compare->opcode == hir::Opcode::IntCompare || compare->opcode == hir::Opcode::DoubleCompare ||
                        compare->opcode == hir::Opcode::IsNull);
        if (fusible && value(condition).block == block && uses_[condition.index()] == 1 &&
            snapshotUses_[condition.index()] == 0) {
            fused_[condition.index()] = true;
        }
    }
}

bool Lowering::isSunk(hir::ValueId id) const {
    const hir::Instr* instr = definition(id);
    return instr != nullptr && hir::info(instr->opcode).sinkable && uses_[id.index()] == 0;
}

bool Lowering::isFused(hir::ValueId id) const {
    return fused_[id.index()];
}

bool Lowering::isMaterialised(hir::ValueId id) const {
    const hir::Instr* instr = definition(id);
    if (instr == nullptr) {
        return value(id).type != hir::kNull;
    }
    switch (instr->opcode) {
        case hir::Opcode::LoadConst:
        case hir::Opcode::KnownObject:
        case hir::Opcode::ConstInt:
        case hir::Opcode::ConstDouble:
        case hir::Opcode::ConstBool:
        case hir::Opcode::Null:
            return false;
        default:
            return !isSunk(id) && !isFused(id);
    }
}

std::optional<int64_t> Lowering::constantInt(hir::ValueId id) const {
    const hir::Instr* instr = definition(id);
    if (instr == nullptr || instr->opcode != hir::Opcode::ConstInt || input_.spillAll) {
        return std::nullopt;
    }
    return instr->immediates[0].integer;
}

/// A guard's result is the object that was guarded, and so is another reference to it: one local does for all. (Values
/// are written once, and what quick code does with its locals is in local_reuse.cpp.)
hir::ValueId Lowering::sameObject(hir::ValueId id) const {
    while (!input_.quick) {
        const hir::Instr* instr = definition(id);
        const hir::ResultRule rule = instr != nullptr ? hir::info(instr->opcode).result : hir::ResultRule::None;
        const bool passesOn =
            rule == hir::ResultRule::Same || rule == hir::ResultRule::Refine || rule == hir::ResultRule::NotNull;
        const hir::ValueId input = passesOn ? instr->operands[hir::info(instr->opcode).resultOperand] : hir::ValueId();
        if (!passesOn || !isMaterialised(input)) {
            break;
        }
        id = input;
    }
    return id;
}

void Lowering::passOn(hir::ValueId input, hir::ValueId result) {
    if (sameObject(result) != sameObject(input)) {
        push(input);
        pop(result);
    }
}

cil::LocalId Lowering::localOf(hir::ValueId id) {
    id = sameObject(id);
    cil::LocalId& local = locals_[id.index()];
    if (!local.valid()) {
        std::vector<cil::LocalId>& free = freeLocals_[static_cast<size_t>(cilType(value(id).type))];
        if (!free.empty()) {
            local = free.back();
            free.pop_back();
            return local;
        }
        local = cil_.newLocal(cilType(value(id).type), fmt::format("v{}", id.index()));
    }
    return local;
}

void Lowering::push(hir::ValueId id) {
    const hir::Instr* instr = definition(id);
    if (value(id).type == hir::kNull) {
        cil_.ldcI4(0);
        op(cil::Opcode::ConvI);
        return;
    }
    if (instr != nullptr) {
        switch (instr->opcode) {
            case hir::Opcode::ConstInt:
                cil_.ldcI8(instr->immediates[0].integer);
                return;
            case hir::Opcode::ConstDouble:
                cil_.ldcR8(instr->immediates[0].real);
                return;
            case hir::Opcode::ConstBool:
                cil_.ldcI4(instr->immediates[0].integer != 0 ? 1 : 0);
                return;
            case hir::Opcode::LoadConst:
                pushPool({PoolKind::Constant, static_cast<uint32_t>(instr->immediates[0].integer)},
                         fmt::format("constant {}", instr->immediates[0].integer));
                return;
            case hir::Opcode::KnownObject:
                pushPool({PoolKind::KnownObject, static_cast<uint32_t>(instr->immediates[0].integer)},
                         fmt::format("object {}", instr->immediates[0].integer));
                return;
            default:
                break;
        }
    }
    PYJION_DCHECK(isMaterialised(id), "v{} is used but not made", id.index());
    cil_.ldloc(localOf(id));
}

void Lowering::pop(hir::ValueId id) {
    cil_.stloc(localOf(id));
}

}  // namespace pyjion::lower
