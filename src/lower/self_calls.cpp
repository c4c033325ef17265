// SPDX-License-Identifier: MIT
// Recursive calls without frames, see passes/self_calls.h. A frameless body is entered with the frame of whoever
// called the first activation, and the number of activations for which there is room above its own. Where it
// has to be left, it returns null or deopt::kNoInt, as does everybody who waits for it.
#include "deopt/leave.h"
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using cil::Type;
using deopt::Reason;
using runtime::Helper;

namespace {

constexpr uint32_t kRoomArgument = 1;
constexpr uint32_t kFirstPassed = 2;

}  // namespace

void Lowering::describeFrameless() {
    std::vector<Type>& params = result_.body.signature.params;
    params = {Type::NativeInt, Type::Int32};
    for (bool isNumber : input_.self->passesNumbers) {
        params.push_back(isNumber ? Type::Int64 : Type::NativeInt);
    }
    result_.body.signature.result = selfResult();
}

Type Lowering::selfResult() const {
    return input_.self->returnsNumber ? Type::Int64 : Type::NativeInt;
}

void Lowering::visit(hir::OwnFunction i) {
    if (isSunk(i.result())) {
        return;
    }
    pushFrameField(abi::kFrameFunction, Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::PassedObject i) {
    cil_.ldarg(kFirstPassed + i.index());
    pop(i.result());
}

void Lowering::visit(hir::PassedInt i) {
    cil_.ldarg(kFirstPassed + i.index());
    pop(i.result());
}

/// What a function was made of cannot change without Python code.
void Lowering::visit(hir::GuardSelf i) {
    push(i.function());
    pushFrameField(abi::kFrameFunction, Opcode::LdindI);
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::CalleeChanged, i.origin()));
}

void Lowering::visit(hir::GuardOwnName i) {
    pushFrame();
    pushSite(i.site());
    callHelper(Helper::MeansOwnFunction);
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::CalleeChanged, i.origin()));
}

void Lowering::visit(hir::GuardRoom i) {
    if (input_.isFrameless) {
        pushPool({PoolKind::EvalBreaker}, "eval breaker");
        op(Opcode::Volatile);
        op(Opcode::LdindI4);
        cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::Pending, i.origin()));
        cil_.ldarg(kRoomArgument);
    } else {
        pushThread();
        pushPool({PoolKind::CallEntry, input_.self->callee}, "callee");
        callHelper(Helper::RoomForActivations);
        cil_.stloc(scratch(Type::Int32, "room"));
        cil_.ldloc(scratch(Type::Int32, "room"));
    }
    // Its body has room for what is inlined in it, too.
    cil_.ldcI4(static_cast<int32_t>(input_.self->levels));
    cil_.branch(Opcode::Ble, exits_.before(i.snapshot(), Reason::NoRoom, i.origin()));
}

void Lowering::visit(hir::CountSelf) {
    countRun(input_.self->callee);
}

/// Of calls that the code there is in: the body's own is one.
int32_t Lowering::levelsAt(uint32_t unit) const {
    int32_t levels = 0;
    for (const hir::InlinedCall* call = function().inlinedAt(unit); call != nullptr;
         call = function().inlinedAt(call->callUnit)) {
        levels++;
    }
    return levels;
}

/// Pushes its result. The frame of the first caller says that it stands at the call.
void Lowering::enterSelf(hir::InstrView call) {
    if (input_.isFrameless) {
        countRun(input_.self->callee);
    } else {
        recordPosition(call.origin());  // GuardCallee has counted
    }
    pushFrame();
    if (input_.isFrameless) {
        cil_.ldarg(kRoomArgument);
        cil_.ldcI4(levelsAt(call.origin()));
        op(Opcode::Sub);
    } else {
        cil_.ldloc(scratch(Type::Int32, "room"));
    }
    cil::Signature signature{selfResult(), {Type::NativeInt, Type::Int32}};
    for (hir::ValueId argument : call.instr().operands) {
        push(argument);
        signature.params.push_back(cilType(value(argument).type));
    }
    const cil::PoolId cell = pool_.entry({PoolKind::SelfBody}, "frameless body");
    cil_.call(cil_.helper("frameless body", signature, cell));
}

void Lowering::visit(hir::CallSelf i) {
    enterSelf(i);
    pop(i.result());
    push(i.result());
    if (input_.isFrameless) {
        cil_.branch(Opcode::Brfalse, exits_.unwound(i.snapshot(), i.origin()));
        return;
    }
    cil::LabelId fine = cil_.newLabel();
    cil_.branch(Opcode::Brtrue, fine);
    pushThread();
    callHelper(Helper::FinishUnwinding);
    finishObjectHelper(i);
    cil_.bind(fine);
}

void Lowering::visit(hir::CallSelfInt i) {
    enterSelf(i);
    pop(i.result());
    push(i.result());
    cil_.ldcI8(deopt::kNoInt);
    if (input_.isFrameless) {
        cil_.branch(Opcode::Beq, exits_.unwound(i.snapshot(), i.origin()));
        return;
    }
    cil::LabelId fine = cil_.newLabel();
    cil_.branch(Opcode::BneUn, fine);
    pushThread();
    callHelper(Helper::FinishUnwindingForInt);
    finishIntHelper(i);
    cil_.bind(fine);
}

void Lowering::visit(hir::PassBack i) {
    push(i.value());
    op(Opcode::Ret);
}

void Lowering::visit(hir::PassBackInt i) {
    push(i.value());
    op(Opcode::Ret);
}

}  // namespace pyjion::lower
