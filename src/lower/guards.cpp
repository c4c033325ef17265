// SPDX-License-Identifier: MIT
// Guards, and the way between objects and unboxed values.
#include <bit>

#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"
#include "python/int_objects.h"
#include "runtime/site.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;
using runtime::Helper;

void Lowering::visit(hir::IsNull i) {
    if (isFused(i.result())) {
        return;
    }
    push(i.input());
    cil_.ldcI4(0);
    op(Opcode::ConvI);
    op(Opcode::Ceq);
    pop(i.result());
}

void Lowering::visit(hir::AssumeNotNull i) {
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::AssumeType i) {
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::GuardTrue i) {
    auto reason = static_cast<Reason>(hir::exitReasonOf(function(), i.id()));
    push(i.condition());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), reason, i.origin()));
}

void Lowering::pushTypeObject(hir::Type type) {
    auto bit = static_cast<uint32_t>(std::countr_zero(type.bits()));
    pushPool({PoolKind::BuiltinType, bit}, hir::toString(type));
}

void Lowering::visit(hir::GuardType i) {
    pushField(i.input(), abi::kObjectType, Opcode::LdindI);
    pushTypeObject(i.type());
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::TypeChanged, i.origin()));
    passOn(i.input(), i.result());
}

/// Goes on behind when neither dict has changed since the site was filled: two compares of version tags.
void Lowering::branchIfGlobalsChanged(PoolRecipe site, std::string_view name, cil::LabelId changed) {
    auto compareTag = [&](int32_t dictOffset, size_t tagOffset) {
        pushFrameField(dictOffset, Opcode::LdindI);
        cil_.ldcI4(abi::kDictVersionTag);
        op(Opcode::Add);
        op(Opcode::LdindI8);
        pushPool(site, name);
        cil_.ldcI4(static_cast<int32_t>(tagOffset));
        op(Opcode::Add);
        op(Opcode::LdindI8);
        cil_.branch(Opcode::BneUn, changed);
    };
    compareTag(abi::kFrameGlobals, offsetof(runtime::Site, tags.globalsTag));
    compareTag(abi::kFrameBuiltins, offsetof(runtime::Site, tags.builtinsTag));
}

/// The guard has a site of its own: the bytecode's site follows whatever the name means to other activations.
void Lowering::visit(hir::GuardGlobal i) {
    PoolRecipe site{PoolKind::GuardSite, i.site()};
    std::string name = fmt::format("guard of site {}", i.site());
    PoolRecipe object{PoolKind::KnownObject, i.object()};
    std::string objectName = fmt::format("object {}", i.object());
    cil::LabelId lookUp = cil_.newLabel();
    cil::LabelId same = cil_.newLabel();
    branchIfGlobalsChanged(site, name, lookUp);
    cil_.branch(Opcode::Br, same);
    cil_.bind(lookUp);
    pushFrame();
    pushPool(site, name);
    pushPool(object, objectName);
    callHelper(Helper::GlobalStillIs);
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::GlobalChanged, i.origin()));
    cil_.bind(same);
    pushPool(object, objectName);
    pop(i.result());
}

/// An int of at most one digit is sign * digit, and the sign is the size field: one multiplication. (A zero has size 0,
/// whatever its digit.) Others go to the label.
void Lowering::pushOneDigit(hir::ValueId object, cil::LabelId large) {
    cil::LocalId size = scratch(cil::Type::Int64, "size");
    pushField(object, abi::kIntSize, Opcode::LdindI8);
    cil_.stloc(size);
    cil_.ldloc(size);
    cil_.ldcI8(1);
    op(Opcode::Add);
    cil_.ldcI8(2);
    cil_.branch(Opcode::BgtUn, large);
    cil_.ldloc(size);
    pushField(object, abi::kIntDigits, Opcode::LdindU4);
    op(Opcode::ConvU8);
    op(Opcode::Mul);
}

/// Longer ints go through a helper that answers INT64_MIN for what does not fit.
void Lowering::visit(hir::UnboxInt i) {
    cil::LabelId large = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    pushOneDigit(i.input(), large);
    pop(i.result());
    cil_.branch(Opcode::Br, done);
    cil_.bind(large);
    push(i.input());
    callHelper(Helper::UnboxIntSlow);
    pop(i.result());
    push(i.result());
    cil_.ldcI8(INT64_MIN);
    cil_.branch(Opcode::Beq, exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
    cil_.bind(done);
}

void Lowering::visit(hir::UnboxDouble i) {
    pushField(i.input(), abi::kFloatValue, Opcode::LdindR8);
    pop(i.result());
}

void Lowering::visit(hir::UnboxAsDouble i) {
    cil::LabelId isFloat = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    const cil::LabelId exit = exits_.before(i.snapshot(), Reason::TypeChanged, i.origin());
    pushField(i.input(), abi::kObjectType, Opcode::LdindI);
    pushTypeObject(hir::kFloatExact);
    cil_.branch(Opcode::Beq, isFloat);
    pushField(i.input(), abi::kObjectType, Opcode::LdindI);
    pushTypeObject(hir::kLongExact);
    cil_.branch(Opcode::BneUn, exit);
    pushOneDigit(i.input(), exit);
    op(Opcode::ConvR8);
    pop(i.result());
    cil_.branch(Opcode::Br, done);
    cil_.bind(isFloat);
    pushField(i.input(), abi::kFloatValue, Opcode::LdindR8);
    pop(i.result());
    cil_.bind(done);
}

void Lowering::visit(hir::UnboxBool i) {
    push(i.input());
    pushPool({PoolKind::True}, "True");
    op(Opcode::Ceq);
    pop(i.result());
}

/// CPython has one object for each small int.
void Lowering::visit(hir::GuardUnshared i) {
    cil::LabelId unshared = cil_.newLabel();
    push(i.input());
    cil_.ldcI8(python::kFirstSmallInt);
    op(Opcode::Sub);
    cil_.ldcI8(python::kSmallInts - 1);
    cil_.branch(Opcode::BleUn, unshared);
    push(i.written());
    cil_.branch(Opcode::Brtrue, unshared);
    pushFrameField(slotOffset(i.local()), Opcode::LdindI);
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::ResultShared, i.origin()));
    cil_.bind(unshared);
}

void Lowering::pushNewInt(hir::ValueId input) {
    push(input);
    callHelper(Helper::BoxInt);
}

void Lowering::pushNewDouble(hir::ValueId input) {
    push(input);
    callHelper(Helper::BoxDouble);
}

void Lowering::pushNewBool(hir::ValueId input) {
    cil::LocalId object = scratch(cil::Type::NativeInt, "truth");
    cil::LabelId done = cil_.newLabel();
    pushPool({PoolKind::True}, "True");
    cil_.stloc(object);
    push(input);
    cil_.branch(Opcode::Brtrue, done);
    pushPool({PoolKind::False}, "False");
    cil_.stloc(object);
    cil_.bind(done);
    changeReferences(object, Opcode::Add);
    cil_.ldloc(object);
}

void Lowering::visit(hir::BoxInt i) {
    if (!isSunk(i.result())) {
        pushNewInt(i.input());
        pop(i.result());
    }
}

void Lowering::visit(hir::BoxDouble i) {
    if (!isSunk(i.result())) {
        pushNewDouble(i.input());
        pop(i.result());
    }
}

void Lowering::visit(hir::BoxBool i) {
    if (!isSunk(i.result())) {
        pushNewBool(i.input());
        pop(i.result());
    }
}

void Lowering::visit(hir::BoxNumber i) {
    if (isSunk(i.result())) {
        return;
    }
    cil::LabelId isFloat = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    push(i.whole());
    cil_.branch(Opcode::Brfalse, isFloat);
    push(i.input());
    op(Opcode::ConvI8);
    callHelper(Helper::BoxInt);
    pop(i.result());
    cil_.branch(Opcode::Br, done);
    cil_.bind(isFloat);
    pushNewDouble(i.input());
    pop(i.result());
    cil_.bind(done);
}

void Lowering::visit(hir::TestInt i) {
    pushField(i.input(), abi::kObjectType, Opcode::LdindI);
    pushTypeObject(hir::kLongExact);
    op(Opcode::Ceq);
    pop(i.result());
}

// Only exits name these: they make the object themselves, or leave the slot as it is.
void Lowering::visit(hir::BoxIntIf) {}
void Lowering::visit(hir::BoxDoubleIf) {}
void Lowering::visit(hir::BoxBoolIf) {}

}  // namespace pyjion::lower
