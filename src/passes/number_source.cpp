// SPDX-License-Identifier: MIT
#include "passes/number_source.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"

namespace pyjion::passes {

using hir::Function;
using hir::Opcode;
using hir::Type;
using hir::ValueId;

namespace {

constexpr NumberKind kKinds[] = {
    {hir::kLongExact, hir::kInt64, Opcode::BoxInt, Opcode::UnboxInt, Opcode::LocalInt, Opcode::BoxIntIf,
     Opcode::WriteBackInt, ConstantFact::Kind::Int},
    {hir::kFloatExact, hir::kDouble, Opcode::BoxDouble, Opcode::UnboxDouble, Opcode::LocalDouble, Opcode::BoxDoubleIf,
     Opcode::WriteBackDouble, ConstantFact::Kind::Double},
    {hir::kBoolExact, hir::kBool, Opcode::BoxBool, Opcode::UnboxBool, Opcode::LocalBool, Opcode::BoxBoolIf,
     Opcode::WriteBackBool, ConstantFact::Kind::Bool},
};

/// The instruction makes or finds the object of an unboxed value.
bool givesObjectOfNumber(Opcode opcode) {
    for (const NumberKind& kind : kKinds) {
        if (opcode == kind.box || opcode == kind.local) {
            return true;
        }
    }
    return false;
}

/// The fact about the constant that a value is; null when it is none, or none that is known.
const ConstantFact* constantFact(const Function& function, const CodeFacts& facts, ValueId value) {
    hir::InstrId definition = function.values[value].definition;
    if (!definition.valid() || function.instrs[definition].opcode != Opcode::LoadConst) {
        return nullptr;
    }
    uint32_t index = hir::LoadConst(function, definition).constant();
    return index < facts.constants.size() ? &facts.constants[index] : nullptr;
}

}  // namespace

const NumberKind* numberKindOf(Type type) {
    for (const NumberKind& kind : kKinds) {
        if (type == kind.object || type == kind.unboxed) {
            return &kind;
        }
    }
    return nullptr;
}

ValueId objectCopiedBy(const Function& function, ValueId value) {
    hir::InstrId definition = function.values[value].definition;
    if (!definition.valid()) {
        return value;
    }
    const hir::Instr& instr = function.instrs[definition];
    const hir::OpInfo& row = hir::info(instr.opcode);
    bool sameObject = row.result == hir::ResultRule::Same || row.result == hir::ResultRule::Refine ||
                      row.result == hir::ResultRule::NotNull;
    return sameObject ? instr.operands[row.resultOperand] : value;
}

ValueId objectBehind(const Function& function, ValueId value) {
    for (ValueId behind = objectCopiedBy(function, value); behind != value;) {
        value = std::exchange(behind, objectCopiedBy(function, behind));
    }
    return value;
}

bool isKeptByCode(const Function& function, ValueId object) {
    const hir::InstrId definition = function.values[object].definition;
    const hir::Opcode opcode = definition.valid() ? function.instrs[definition].opcode : hir::Opcode::Jump;
    return opcode == hir::Opcode::LoadConst || opcode == hir::Opcode::KnownObject ||
           opcode == hir::Opcode::GuardGlobal || opcode == hir::Opcode::OwnFunction;
}

std::optional<SlotRead> slotReadFor(const Function& function, ValueId value) {
    while (true) {
        hir::InstrId id = function.values[value].definition;
        if (!id.valid()) {
            return std::nullopt;
        }
        const hir::Instr& instr = function.instrs[id];
        bool isSlotObject = std::any_of(std::begin(kKinds), std::end(kKinds),
                                        [&](const NumberKind& k) { return k.local == instr.opcode; });
        if (instr.opcode == Opcode::CopyLocal || isSlotObject) {
            return SlotRead{static_cast<uint32_t>(instr.immediates[0].integer), id};
        }
        ValueId behind = objectCopiedBy(function, value);
        if (behind == value) {
            return std::nullopt;
        }
        value = behind;
    }
}

bool isStoredBetween(const Function& function, hir::InstrId from, hir::InstrId to, uint32_t local) {
    hir::BlockId block = function.instrs[from].block;
    if (block != function.instrs[to].block) {
        return true;
    }
    const std::vector<hir::InstrId>& instrs = function.blocks[block].instrs;
    auto first = std::find(instrs.begin(), instrs.end(), from);
    return std::any_of(first, std::find(first, instrs.end(), to), [&](hir::InstrId id) {
        if (function.instrs[id].opcode == Opcode::StoreLocal) {
            const uint32_t stored = hir::StoreLocal(function, id).local();
            return stored == local || (function.isName(local) && !function.isName(stored));
        }
        return function.isName(local) && hir::effectsOf(function, id).writes.overlaps(hir::kWorldHeap);
    });
}

NumberSource numberSource(const Function& function, const CodeFacts& facts, ValueId value) {
    ValueId object = objectBehind(function, value);
    hir::InstrId definition = function.values[object].definition;
    if (definition.valid() && givesObjectOfNumber(function.instrs[definition].opcode)) {
        return {function.instrs[definition].operands[0], nullptr};
    }
    const ConstantFact* fact = constantFact(function, facts, object);
    const NumberKind* kind = numberKindOf(function.values[object].type);
    return {{}, fact != nullptr && kind != nullptr && fact->kind == kind->constant ? fact : nullptr};
}

bool hasOneObject(const ConstantFact& fact) {
    bool isSmallInt = fact.kind == ConstantFact::Kind::Int && fact.integer >= -5 && fact.integer <= 256;
    return isSmallInt || fact.kind == ConstantFact::Kind::Bool;
}

bool isBigConstant(const Function& function, const CodeFacts& facts, ValueId value) {
    ValueId object = objectBehind(function, value);
    const ConstantFact* fact = constantFact(function, facts, object);
    return fact != nullptr && fact->kind == ConstantFact::Kind::Other &&
           numberKindOf(function.values[object].type) != nullptr;
}

}  // namespace pyjion::passes
