// SPDX-License-Identifier: MIT
// Locals in the interpreter's frame, and references.
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;

void Lowering::visit(hir::EntryLocal i) {
    loadSlot(i.result(), i.local());
}

void Lowering::visit(hir::EntryStack i) {
    pushFrameField(slotOffset(function().frameLocals() + i.depth()), Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::PeekLocal i) {
    loadSlot(i.result(), i.local());
    push(i.result());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::UnboundLocal, i.origin()));
}

void Lowering::visit(hir::LoadLocal i) {
    loadSlot(i.result(), i.local());
    push(i.result());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::UnboundLocal, i.origin()));
    takeReference(i.result());
}

void Lowering::visit(hir::PeekCell i) {
    pushFrameField(slotOffset(i.local()), Opcode::LdindI);
    cil_.ldcI4(abi::kCellObject);
    op(Opcode::Add);
    op(Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::LoadBoundLocal i) {
    loadSlot(i.result(), i.local());
    takeReference(i.result());
}

void Lowering::visit(hir::LocalInt i) {
    loadSlot(i.result(), i.local());
}
void Lowering::visit(hir::LocalDouble i) {
    loadSlot(i.result(), i.local());
}
void Lowering::visit(hir::LocalBool i) {
    loadSlot(i.result(), i.local());
}

void Lowering::visit(hir::ReadName i) {
    loadSlot(i.result(), i.local());
}

void Lowering::loadSlot(hir::ValueId result, uint32_t local) {
    if (isSunk(result)) {
        return;
    }
    pushSlotObject(local);
    pop(result);
}

/// The site of a global name: of this code, since it says where in the dict the name was.
void Lowering::pushNameSite(uint32_t local) {
    const hir::NameSlot& slot = function().nameOf(local);
    pushPool({PoolKind::GuardSite, slot.site}, input_.names[slot.name]);
}

void Lowering::pushSlotObject(uint32_t local) {
    if (!function().isName(local)) {
        pushFrameField(slotOffset(local), Opcode::LdindI);
        return;
    }
    pushFrame();
    pushNameSite(local);
    callHelper(runtime::Helper::ReadName);
}

/// A reference passes to the slot; what it held is plain data.
void Lowering::storeOverPlain(uint32_t local, cil::LocalId object) {
    const bool isName = function().isName(local);
    isName ? pushFrame() : pushFrameAddress(slotOffset(local));
    if (isName) {
        pushNameSite(local);
    }
    cil_.ldloc(object);
    callHelper(isName ? runtime::Helper::WriteName : runtime::Helper::StoreLocalAndStay);
}

void Lowering::visit(hir::GuardGlobalNames i) {
    pushFrame();
    callHelper(runtime::Helper::NamesAreGlobal);
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::GlobalChanged, i.origin()));
}

void Lowering::pushNamesVersion() {
    pushFrameField(abi::kFrameGlobals, Opcode::LdindI);
    cil_.ldcI4(abi::kDictVersionTag);
    op(Opcode::Add);
    op(Opcode::LdindI8);
}

void Lowering::visit(hir::NamesVersion i) {
    pushNamesVersion();
    pop(i.result());
}

void Lowering::visit(hir::GuardNamesUnchanged i) {
    pushNamesVersion();
    push(i.version());
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::NameBound, i.origin()));
}

void Lowering::visit(hir::StoreLocal i) {
    if (function().isName(i.local())) {
        pushFrame();
        pushNameSite(i.local());
        push(i.value());
        callHelper(runtime::Helper::WriteName);
        return;
    }
    if (input_.quick) {
        recordPosition(i.origin());
        pushFrameAddress(slotOffset(i.local()));
        push(i.value());
        callReleasing(i, runtime::Helper::StoreLocal, runtime::Helper::StoreLocalAndStay);
        return;
    }
    // The slot is rebound first: the old object's finalizer may look at the frame.
    cil::LocalId old = scratch(cil::Type::NativeInt, "old");
    pushFrameField(slotOffset(i.local()), Opcode::LdindI);
    cil_.stloc(old);
    pushFrameAddress(slotOffset(i.local()));
    push(i.value());
    op(Opcode::StindI);
    releaseInline(i, old, true);
}

void Lowering::visit(hir::GuardBound i) {
    push(i.input());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::UnboundLocal, i.origin()));
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::GuardPlainLocal i) {
    cil::LocalId object = scratch(cil::Type::NativeInt, "object");
    cil::LocalId type = scratch(cil::Type::NativeInt, "type");
    cil::LabelId plain = cil_.newLabel();
    pushFrameField(slotOffset(i.local()), Opcode::LdindI);
    cil_.stloc(object);
    cil_.ldloc(object);
    cil_.branch(Opcode::Brfalse, plain);
    cil_.ldloc(object);
    cil_.ldcI4(abi::kObjectType);
    op(Opcode::Add);
    op(Opcode::LdindI);
    cil_.stloc(type);
    for (hir::Type leaf : {hir::kLongExact, hir::kFloatExact, hir::kBoolExact, hir::kNoneExact, hir::kStrExact}) {
        cil_.ldloc(type);
        pushTypeObject(leaf);
        cil_.branch(Opcode::Beq, plain);
    }
    cil_.branch(Opcode::Br, exits_.before(i.snapshot(), Reason::TypeChanged, i.origin()));
    cil_.bind(plain);
}

/// The old content is plain data: releasing it runs nothing that could switch tracing on.
void Lowering::writeBack(const SlotWrite& write, void (Lowering::*pushBox)(hir::ValueId),
                         std::optional<runtime::Helper> writer) {
    if (writer && write.from == write.local && !function().isName(write.local)) {
        cil::LabelId unchanged = cil_.newLabel();
        push(write.written);
        cil_.branch(Opcode::Brfalse, unchanged);
        pushFrameAddress(slotOffset(write.local));
        push(write.input);
        callHelper(*writer);
        cil_.bind(unchanged);
        return;
    }
    cil::LocalId box = scratch(cil::Type::NativeInt, "box");
    cil::LabelId unchanged = cil_.newLabel();
    cil::LabelId made = cil_.newLabel();
    push(write.written);
    cil_.branch(Opcode::Brfalse, unchanged);
    if (write.from != write.local) {
        cil::LabelId differs = cil_.newLabel();
        push(write.same);
        cil_.branch(Opcode::Brfalse, differs);
        takeObjectOfSlot(write.from, box);
        cil_.branch(Opcode::Br, made);
        cil_.bind(differs);
    }
    (this->*pushBox)(write.input);
    cil_.stloc(box);
    cil_.bind(made);
    storeOverPlain(write.local, box);
    cil_.bind(unchanged);
}

/// Takes a new reference to the object in a slot into a CIL local.
void Lowering::takeObjectOfSlot(uint32_t slot, cil::LocalId object) {
    pushSlotObject(slot);
    cil_.stloc(object);
    changeReferences(object, Opcode::Add);
}

void Lowering::visit(hir::WriteBackInt i) {
    writeBack({i.written(), i.input(), i.same(), i.local(), i.from()}, &Lowering::pushNewInt,
              runtime::Helper::WriteInt);
}
void Lowering::visit(hir::WriteBackDouble i) {
    writeBack({i.written(), i.input(), i.same(), i.local(), i.from()}, &Lowering::pushNewDouble,
              runtime::Helper::WriteDouble);
}
void Lowering::visit(hir::WriteBackBool i) {
    writeBack({i.written(), i.input(), i.same(), i.local(), i.from()}, &Lowering::pushNewBool, std::nullopt);
}

void Lowering::visit(hir::CopySlot i) {
    cil::LocalId object = scratch(cil::Type::NativeInt, "box");
    cil::LabelId written = cil_.newLabel();
    push(i.written());
    cil_.branch(Opcode::Brtrue, written);
    takeObjectOfSlot(i.from(), object);
    storeOverPlain(i.local(), object);
    cil_.bind(written);
}

/// A constant has no local of its own; its copy has one, and is named in fewer bytes.
void Lowering::visit(hir::IncRef i) {
    passOn(i.input(), i.result());
    takeReference(i.result());
}

void Lowering::visit(hir::Borrow i) {
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::CopyLocal i) {
    takeReference(i.input());
    passOn(i.input(), i.result());
}

/// A helper that releases something: with a snapshot, the exit is taken when a finalizer switched tracing on; plain
/// data has no finalizer, and needs none.
void Lowering::callReleasing(hir::InstrView i, runtime::Helper helper, runtime::Helper andStay) {
    if (i.snapshot().valid()) {
        callHelper(helper);
        cil_.branch(Opcode::Brtrue, exits_.raised(i.snapshot(), i.origin(), false));
    } else {
        callHelper(andStay);
    }
}

/// Takes a reference away; goes on at the label unless it was the last one. The count goes through a local: RyuJIT
/// tests it in the register then (one load, one store).
void Lowering::branchIfAlive(cil::LocalId object, bool mayBeNull, cil::LabelId alive) {
    cil::LocalId count = scratch(cil::Type::Int64, "count");
    if (mayBeNull) {
        cil_.ldloc(object);
        cil_.branch(Opcode::Brfalse, alive);
    }
    cil_.ldloc(object);
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    op(Opcode::Sub);
    cil_.stloc(count);
    cil_.ldloc(object);
    cil_.ldloc(count);
    op(Opcode::StindI8);
    totalReferences(Opcode::Sub);
    cil_.ldloc(count);
    cil_.branch(Opcode::Brtrue, alive);
}

void Lowering::visit(hir::DecRef i) {
    if (input_.quick) {
        recordPosition(i.origin());
        push(i.input());
        callReleasing(i, runtime::Helper::Release, runtime::Helper::ReleaseAndStay);
        return;
    }
    releaseInline(i, asLocal(i.input()), value(i.input()).type.mayBe(hir::kNull));
}

/// In place, with a call for the last reference. Only that can show the frame, and with it the position.
void Lowering::releaseInline(hir::InstrView i, cil::LocalId object, bool mayBeNull) {
    const uint32_t recorded = recordedPosition_;
    cil::LabelId alive = cil_.newLabel();
    branchIfAlive(object, mayBeNull, alive);
    recordPosition(i.origin());
    cil_.ldloc(object);
    callReleasing(i, runtime::Helper::Dealloc, runtime::Helper::DeallocAndStay);
    cil_.bind(alive);
    if (recordedPosition_ != recorded) {
        recordedPosition_ = UINT32_MAX;
    }
}

void Lowering::visit(hir::ReleaseInOrder i) {
    recordPosition(i.origin());
    if (i.inputs().size() == 1) {
        releaseInline(i, asLocal(i.inputs()[0]), value(i.inputs()[0]).type.mayBe(hir::kNull));
        return;
    }
    cil::LocalId status = scratch(cil::Type::Int32, "status");
    cil_.ldcI4(0);
    cil_.stloc(status);
    for (hir::ValueId input : i.inputs()) {
        cil::LabelId alive = cil_.newLabel();
        branchIfAlive(asLocal(input), value(input).type.mayBe(hir::kNull), alive);
        push(input);
        callHelper(runtime::Helper::DeallocAndStay);
        cil_.ldcI4(1);
        cil_.stloc(status);
        cil_.bind(alive);
    }
    cil::LabelId done = cil_.newLabel();
    cil_.ldloc(status);
    cil_.branch(Opcode::Brfalse, done);
    callHelper(runtime::Helper::AskedToLeave);
    cil_.branch(Opcode::Brtrue, exits_.raised(i.snapshot(), i.origin(), false));
    cil_.bind(done);
}

}  // namespace pyjion::lower
