// SPDX-License-Identifier: MIT
// Where an object with a number comes from: through copies, guards and views back to the instruction that made it.
#pragma once

#include <optional>

#include "hir/function.h"
#include "hir/type.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// The three kinds of numbers that are kept unboxed: the exact object type and the unboxed type of each.
struct NumberKind {
    hir::Type object;
    hir::Type unboxed;
    hir::Opcode box;
    hir::Opcode unbox;
    hir::Opcode local;      // the object in a slot, its value known
    hir::Opcode boxIf;      // for exits: an object, or what is in the slot
    hir::Opcode writeBack;  // puts an object into a slot
    ConstantFact::Kind constant;
};
/// The kind of an exact object type or an unboxed type; null for others.
const NumberKind* numberKindOf(hir::Type type);

/// The operand of which a value is a copy or view; the value itself when it is none.
hir::ValueId objectCopiedBy(const hir::Function& function, hir::ValueId value);

/// The value behind references and views: IncRef, CopyLocal, guards and assumptions give the same object.
hir::ValueId objectBehind(const hir::Function& function, hir::ValueId value);

/// Whether the code, or a guard on what a name means, keeps an object alive.
bool isKeptByCode(const hir::Function& function, hir::ValueId object);

/// The instruction that found an object in a local's slot.
struct SlotRead {
    uint32_t local = 0;
    hir::InstrId instr;
};
/// Where a copy of a slot's object was taken: the last CopyLocal, LocalInt or the like behind a value; nothing when the
/// object comes from elsewhere.
std::optional<SlotRead> slotReadFor(const hir::Function& function, hir::ValueId value);
/// Whether the local is stored between two instructions; they must be in one block, else it may be.
bool isStoredBetween(const hir::Function& function, hir::InstrId from, hir::InstrId to, uint32_t local);

/// The unboxed value that an object was boxed from, and the fact about a constant. Both empty: the object is known to
/// compiled code only as an object.
struct NumberSource {
    hir::ValueId unboxed;
    const ConstantFact* constant = nullptr;
    bool known() const { return unboxed.valid() || constant != nullptr; }
};
NumberSource numberSource(const hir::Function& function, const CodeFacts& facts, hir::ValueId value);

/// CPython has one object for each int from -5 to 256, True and False: their number says which object it is.
bool hasOneObject(const ConstantFact& fact);

/// A constant that is of an exact number type but does not fit its unboxed form (a big int).
bool isBigConstant(const hir::Function& function, const CodeFacts& facts, hir::ValueId value);

}  // namespace pyjion::passes
