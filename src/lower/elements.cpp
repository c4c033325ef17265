// SPDX-License-Identifier: MIT
// Numbers that objects hold in place of objects: where they lie is python/elements.h's.
#include "python/elements.h"

#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;
using python::Elements;

namespace {

/// An integer so wide may have more bits than unboxed ones have.
constexpr uint8_t kWideLog2 = 3;

/// Loads by width, and what makes the result one of 64 bits: of signed integers, of others, of doubles.
struct Access {
    Opcode load;
    Opcode widen;
    Opcode store;
};

Access accessOf(const Elements& kind) {
    static constexpr Access kSigned[] = {{Opcode::LdindI1, Opcode::ConvI8, Opcode::StindI1},
                                         {Opcode::LdindI2, Opcode::ConvI8, Opcode::StindI2},
                                         {Opcode::LdindI4, Opcode::ConvI8, Opcode::StindI4},
                                         {Opcode::LdindI8, Opcode::Nop, Opcode::StindI8}};
    static constexpr Access kUnsigned[] = {{Opcode::LdindU1, Opcode::ConvU8, Opcode::StindI1},
                                           {Opcode::LdindU2, Opcode::ConvU8, Opcode::StindI2},
                                           {Opcode::LdindU4, Opcode::ConvU8, Opcode::StindI4}};
    if (kind.isDouble) {
        return kind.bytesLog2 == kWideLog2 ? Access{Opcode::LdindR8, Opcode::Nop, Opcode::StindR8}
                                           : Access{Opcode::LdindR4, Opcode::ConvR8, Opcode::StindR4};
    }
    return kind.least < 0 ? kSigned[kind.bytesLog2] : kUnsigned[kind.bytesLog2];
}

}  // namespace

void Lowering::visit(hir::GuardElements i) {
    const Elements& kind = python::kElements[i.kind()];
    const cil::LabelId exit = exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin());
    pushTypeField(i.input(), abi::kTypeVersion, Opcode::LdindU4);
    cil_.ldcI4(static_cast<int32_t>(i.version()));
    cil_.branch(Opcode::BneUn, exit);
    if (kind.isArray) {
        pushField(i.input(), abi::kArrayDescription, Opcode::LdindI);
        op(Opcode::LdindU1);
        cil_.ldcI4(kind.format[0]);
        cil_.branch(Opcode::BneUn, exit);
    }
    passOn(i.input(), i.result());
}

void Lowering::pushElementAddress(hir::ValueId owner, hir::ValueId place, const Elements& kind) {
    if (kind.isInObject) {
        push(owner);
        cil_.ldcI4(kind.place);
        op(Opcode::Add);
    } else {
        pushField(owner, kind.place, Opcode::LdindI);
    }
    push(place);
    if (kind.bytesLog2 != 0) {
        cil_.ldcI4(kind.bytesLog2);
        op(Opcode::Shl);
    }
    op(Opcode::ConvI);
    op(Opcode::Add);
}

void Lowering::loadElement(hir::ValueId result, hir::ValueId owner, hir::ValueId place, const Elements& kind) {
    const Access access = accessOf(kind);
    pushElementAddress(owner, place, kind);
    op(access.load);
    if (access.widen != Opcode::Nop) {
        op(access.widen);
    }
    pop(result);
}

void Lowering::visit(hir::LoadElementInt i) {
    const Elements& kind = python::kElements[i.kind()];
    loadElement(i.result(), i.owner(), i.place(), kind);
    if (kind.bytesLog2 == kWideLog2) {
        checkRange(localOf(i.result()), exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
    }
}

void Lowering::visit(hir::LoadElementDouble i) {
    loadElement(i.result(), i.owner(), i.place(), python::kElements[i.kind()]);
}

void Lowering::visit(hir::StoreElementInt i) {
    const Elements& kind = python::kElements[i.kind()];
    const bool isWide = kind.bytesLog2 == kWideLog2;
    if (!isWide) {
        // One comparison: what is below the least wraps.
        push(i.value());
        cil_.ldcI8(kind.least);
        op(Opcode::Sub);
        cil_.ldcI8(kind.most - kind.least);
        cil_.branch(Opcode::BgtUn, exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
    }
    pushElementAddress(i.owner(), i.place(), kind);
    push(i.value());
    if (!isWide) {
        op(Opcode::ConvI4);
    }
    op(accessOf(kind).store);
}

void Lowering::visit(hir::StoreElementDouble i) {
    const Elements& kind = python::kElements[i.kind()];
    pushElementAddress(i.owner(), i.place(), kind);
    push(i.value());
    if (kind.bytesLog2 != kWideLog2) {
        op(Opcode::ConvR4);
    }
    op(accessOf(kind).store);
}

}  // namespace pyjion::lower
