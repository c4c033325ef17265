// SPDX-License-Identifier: MIT
// Raising, handlers, `with`: one helper call each. What raises leaves compiled code; deopt::leave() looks the handler
// up and enters this code again at its resume point.
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"

namespace pyjion::lower {

using cil::Opcode;
using runtime::Helper;

void Lowering::visit(hir::PushExcInfo i) {
    pushThread();
    push(i.exception());
    callHelper(Helper::PushExcInfo);
    pop(i.result());
}

void Lowering::visit(hir::PopExcept i) {
    recordPosition(i.origin());
    pushThread();
    push(i.previous());
    callHelper(Helper::PopExcept);
    finishStatusHelper(i);
}

void Lowering::visit(hir::CheckExcMatch i) {
    recordPosition(i.origin());
    push(i.exception());
    push(i.type());
    callHelper(Helper::CheckExcMatch);
    finishObjectHelper(i);
}

void Lowering::visit(hir::CheckGroupMatch i) {
    recordPosition(i.origin());
    push(i.exception());
    push(i.type());
    pushFrameAddress(slotOffset(freeSlot(i.snapshot())));
    callHelper(Helper::CheckGroupMatch);
    finishObjectHelper(i);
}

void Lowering::visit(hir::PrepareReraise i) {
    recordPosition(i.origin());
    pushThread();
    push(i.original());
    push(i.exceptions());
    callHelper(Helper::PrepareReraise);
    finishObjectHelper(i);
}

void Lowering::visit(hir::Raise i) {
    recordPosition(i.origin());
    push(i.values()[0]);
    if (i.values().size() > 1) {
        push(i.values()[1]);
    } else {
        cil_.ldcI4(0);
        op(Opcode::ConvI);
    }
    callHelper(Helper::RaiseException);
    cil_.branch(Opcode::Br, exits_.raised(i.snapshot(), i.origin(), false));
}

void Lowering::visit(hir::RaiseHandled i) {
    recordPosition(i.origin());
    pushThread();
    callHelper(Helper::RaiseHandled);
    cil_.branch(Opcode::Brtrue, exits_.reraised(i.snapshot(), i.origin()));
    cil_.branch(Opcode::Br, exits_.raised(i.snapshot(), i.origin(), false));
}

void Lowering::visit(hir::Reraise i) {
    recordPosition(i.origin());
    pushFrame();
    push(i.exception());
    if (i.index().empty()) {
        cil_.ldcI4(0);
        op(Opcode::ConvI);
    } else {
        push(i.index()[0]);
    }
    callHelper(Helper::Reraise);
    cil_.branch(Opcode::Br, exits_.reraised(i.snapshot(), i.origin()));
}

void Lowering::visit(hir::EndAsyncFor i) {
    recordPosition(i.origin());
    push(i.exception());
    callHelper(Helper::EndAsyncFor);
    cil_.branch(Opcode::Brtrue, exits_.reraised(i.snapshot(), i.origin()));
}

void Lowering::visit(hir::LoadAssertionError i) {
    callHelper(Helper::LoadAssertionError);
    pop(i.result());
}

void Lowering::visit(hir::LookUpContext i) {
    recordPosition(i.origin());
    push(i.manager());
    cil_.ldcI4(i.asynchronous() ? 1 : 0);
    pushFrameAddress(slotOffset(freeSlot(i.snapshot())));
    callHelper(Helper::LookUpContext);
    finishObjectHelper(i);
}

void Lowering::visit(hir::CallNoArguments i) {
    recordPosition(i.origin());
    pushThread();
    push(i.callable());
    callHelper(Helper::CallNoArguments);
    finishObjectHelper(i);
}

void Lowering::visit(hir::WithExceptStart i) {
    recordPosition(i.origin());
    pushThread();
    push(i.exitMethod());
    push(i.exception());
    callHelper(Helper::WithExceptStart);
    finishObjectHelper(i);
}

}  // namespace pyjion::lower
