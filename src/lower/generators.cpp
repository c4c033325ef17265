// SPDX-License-Identifier: MIT
// Generators: suspending one is storing its state into its frame and returning.
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;
using runtime::Helper;

void Lowering::visit(hir::ReturnGenerator i) {
    recordPosition(i.origin());
    cil::LocalId generator = scratch(cil::Type::NativeInt, "generator");
    pushThread();
    pushFrame();
    callHelper(Helper::ReturnGenerator);
    cil_.stloc(generator);
    cil_.ldloc(generator);
    cil_.branch(Opcode::Brfalse, exits_.raised(i.snapshot(), i.origin(), true));
    cil_.ldloc(generator);
    op(Opcode::Ret);
}

/// The frame gets its value stack, its height and the position, its generator the state. What calls the body does the
/// rest of YIELD_VALUE: it unlinks the frame and gives its unit of recursion back.
void Lowering::visit(hir::YieldValue i) {
    pushTracingFlag();
    cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::Traced, i.origin()));
    uint32_t slot = function().frameLocals();
    for (hir::ValueId kept : i.kept()) {
        pushFrameAddress(slotOffset(slot++));
        push(kept);
        op(Opcode::StindI);
    }
    pushFrameAddress(abi::kFrameStackTop);
    cil_.ldcI4(static_cast<int32_t>(slot));
    op(Opcode::StindI4);
    recordPosition(i.origin());
    pushFrameAddress(abi::kGeneratorState);
    cil_.ldcI4(abi::kGeneratorSuspended);
    op(Opcode::StindI1);
    push(i.value());
    op(Opcode::Ret);
}

void Lowering::visit(hir::Send i) {
    recordPosition(i.origin());
    push(i.receiver());
    push(i.value());
    pushFrameAddress(slotOffset(freeSlot(i.snapshot())));
    callHelper(Helper::Send);
    finishStatusHelper(i);
}

void Lowering::visit(hir::GetYieldFromIter i) {
    recordPosition(i.origin());
    pushFrame();
    push(i.input());
    callHelper(Helper::GetYieldFromIter);
    finishObjectHelper(i);
}

void Lowering::visit(hir::GetAwaitable i) {
    recordPosition(i.origin());
    push(i.input());
    cil_.ldcI4(static_cast<int32_t>(i.place()));
    callHelper(Helper::GetAwaitable);
    finishObjectHelper(i);
}

void Lowering::visit(hir::GetAsyncIter i) {
    recordPosition(i.origin());
    push(i.input());
    callHelper(Helper::GetAsyncIter);
    finishObjectHelper(i);
}

void Lowering::visit(hir::GetAsyncNext i) {
    recordPosition(i.origin());
    push(i.input());
    callHelper(Helper::GetAsyncNext);
    finishObjectHelper(i);
}

void Lowering::visit(hir::WrapAsyncValue i) {
    recordPosition(i.origin());
    push(i.input());
    callHelper(Helper::WrapAsyncValue);
    finishObjectHelper(i);
}

}  // namespace pyjion::lower
