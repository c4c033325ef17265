// SPDX-License-Identifier: MIT
// The call of a Python function whose code is known, without a helper: its frame is pushed, linked and taken apart by
// compiled code, as runtime/activation.h and runtime/calls.cpp do it for other calls. What is not as usual goes there:
// before the frame is pushed to Helper::CallKnown, which copes with every call, behind the call to Helper::FinishCall.
#include "lower/calls.h"

#include "deopt/leave.h"
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"
#include "runtime/calls.h"
#include "runtime/entry.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::LocalId;
using cil::Opcode;
using cil::Type;
using runtime::Helper;

DirectCall::DirectCall(Lowering& lowering, hir::InstrView call)
    : lowering_(lowering),
      cil_(lowering.cil_),
      call_(call),
      returnsInt_(call.instr().opcode == hir::Opcode::CallFunctionInt),
      isOperator_(call.instr().opcode == hir::Opcode::CallOperator),
      callee_(static_cast<uint32_t>(call.instr().immediates[0].integer)),
      layout_(lowering.input_.callees[callee_]),
      cframe_(lowering.scratch(Type::NativeInt, "cframe")),
      code_(lowering.scratch(Type::NativeInt, "code")),
      frame_(lowering.scratch(Type::NativeInt, "callee frame")),
      body_(lowering.scratch(Type::NativeInt, "body")),
      count_(lowering.scratch(Type::Int64, "count")),
      result_(returnsInt_ ? lowering.scratch(Type::Int64, "int result")
                          : lowering.scratch(Type::NativeInt, "call result")),
      unusual_(cil_.newLabel()),
      done_(cil_.newLabel()),
      returned_(isOperator_ ? cil_.newLabel() : done_) {}

void DirectCall::write() {
    lowering_.recordPosition(call_.origin());
    checkCallee();
    checkThread();
    countEntry();
    fillFrame();
    link();
    enter();
    cil_.bind(unusual_);
    if (isOperator_) {
        callOperatorByHelper();
        finishOperator();
    } else {
        callByHelper();
    }
    cil_.bind(done_);
    takeResult();
}

void DirectCall::takeResult() {
    cil_.ldloc(result_);
    if (!returnsInt_) {
        lowering_.finishObjectHelper(call_);
        return;
    }
    cil::LabelId fine = cil_.newLabel();
    lowering_.pop(call_.result());
    lowering_.push(call_.result());
    cil_.ldcI8(deopt::kNoInt);
    cil_.branch(Opcode::BneUn, fine);
    lowering_.pushThreadField(abi::kThreadRaisedType, Opcode::LdindI);
    cil_.branch(Opcode::Brtrue, lowering_.exits_.raised(call_.snapshot(), call_.origin(), true));
    cil_.branch(Opcode::Br, lowering_.exits_.unexpectedResult(call_.snapshot(), call_.origin()));
    cil_.bind(fine);
}

void DirectCall::load(LocalId object, int32_t offset, Opcode opcode) {
    address(object, offset);
    cil_.emit(opcode);
}

void DirectCall::address(LocalId object, int32_t offset) {
    cil_.ldloc(object);
    if (offset != 0) {
        cil_.ldcI4(offset);
        cil_.emit(Opcode::Add);
    }
}

void DirectCall::pushEntryField(size_t offset) {
    lowering_.pushPool({PoolKind::CallEntry, callee_}, "callee");
    if (offset != 0) {
        cil_.ldcI4(static_cast<int32_t>(offset));
        cil_.emit(Opcode::Add);
    }
}

/// A Python function, with the code that was expected, and compiled.
void DirectCall::checkCallee() {
    if (!isCertainlyFunction()) {
        lowering_.pushField(function(), abi::kObjectType, Opcode::LdindI);
        lowering_.pushTypeObject(hir::kFunctionExact);
        cil_.branch(Opcode::BneUn, unusual_);
    }
    lowering_.pushField(function(), abi::kFunctionCode, Opcode::LdindI);
    cil_.stloc(code_);
    cil_.ldloc(code_);
    lowering_.pushPool({PoolKind::CallCache, callee_}, "callee's code");
    cil_.emit(Opcode::LdindI);
    cil_.branch(Opcode::BneUn, unusual_);
    pushEntryField(offsetof(runtime::CodeEntry, body) + (returnsInt_
                                                             ? offsetof(runtime::CompiledBody, intFunction)
                                                             : offsetof(runtime::CompiledBody, objectFunction)));
    cil_.emit(Opcode::LdindI);
    cil_.stloc(body_);
    cil_.ldloc(body_);
    cil_.branch(Opcode::Brfalse, unusual_);
}

/// runtime::mayEnter(), and whether the data stack has room.
void DirectCall::checkThread() {
    lowering_.pushThread();
    cil_.ldcI4(abi::kThreadCFrame);
    cil_.emit(Opcode::Add);
    cil_.emit(Opcode::LdindI);
    cil_.stloc(cframe_);
    load(cframe_, abi::kCFrameUseTracing, Opcode::LdindU1);
    cil_.branch(Opcode::Brtrue, unusual_);
    lowering_.pushThreadField(abi::kThreadRecursionRemaining, Opcode::LdindI4);
    cil_.ldcI4(1);
    cil_.branch(Opcode::Ble, unusual_);
    checkStack();
    lowering_.pushThreadField(abi::kThreadDataStackTop, Opcode::LdindI);
    cil_.stloc(frame_);
    address(frame_, frameBytes());
    lowering_.pushThreadField(abi::kThreadDataStackLimit, Opcode::LdindI);
    cil_.branch(Opcode::BgeUn, unusual_);
}

/// python::StackRoom::contains() the stack as the callee would leave it. Where a local that nobody uses lies says how
/// deep this method is.
void DirectCall::checkStack() {
    cil_.ldloca(lowering_.scratch(Type::Int32, "place on the stack"));
    pushEntryField(offsetof(runtime::CodeEntry, stackBytes));
    cil_.emit(Opcode::LdindI);
    cil_.emit(Opcode::Sub);
    pushStackRoom(0);
    cil_.emit(Opcode::Sub);
    pushStackRoom(sizeof(uintptr_t));
    cil_.branch(Opcode::BgeUn, unusual_);
}

void DirectCall::pushStackRoom(size_t offset) {
    lowering_.pushPool({PoolKind::StackRoom}, "stack room");
    if (offset != 0) {
        cil_.ldcI4(static_cast<int32_t>(offset));
        cil_.emit(Opcode::Add);
    }
    cil_.emit(Opcode::LdindI);
}

/// CodeEntry::runCount; the helper promotes the callee when it is due.
void DirectCall::countEntry() {
    pushEntryField(offsetof(runtime::CodeEntry, runCount));
    cil_.emit(Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.emit(Opcode::Add);
    cil_.stloc(count_);
    cil_.ldloc(count_);
    pushEntryField(offsetof(runtime::CodeEntry, promoteAt));
    cil_.emit(Opcode::LdindI8);
    cil_.branch(Opcode::Beq, unusual_);
    pushEntryField(offsetof(runtime::CodeEntry, runCount));
    cil_.ldloc(count_);
    cil_.emit(Opcode::StindI8);
}

template <typename Push>
void DirectCall::store(int32_t offset, Push push, Opcode opcode) {
    address(frame_, offset);
    push();
    cil_.emit(opcode);
}

/// python::initialiseMoved() and setRunning(): the frame takes the references to the function and to the arguments.
void DirectCall::fillFrame() {
    auto null = [&] {
        cil_.ldcI4(0);
        cil_.emit(Opcode::ConvI);
    };
    auto functionField = [&](int32_t offset) { lowering_.pushField(function(), offset, Opcode::LdindI); };
    if (isOperator_) {
        lowering_.changeReferences(function(), Opcode::Add);
    }
    store(abi::kFrameFunction, [&] { lowering_.push(function()); });
    store(abi::kFrameGlobals, [&] { functionField(abi::kFunctionGlobals); });
    store(abi::kFrameBuiltins, [&] { functionField(abi::kFunctionBuiltins); });
    store(abi::kFrameLocals, null);
    store(abi::kFrameCode, [&] { cil_.ldloc(code_); });
    store(abi::kFrameObject, null);
    store(abi::kFramePrevious, [&] { lowering_.pushFrame(); });
    store(abi::kFramePosition,
          [&] { address(code_, abi::kCodeFirstInstruction + 2 * static_cast<int32_t>(layout_.firstInstruction)); });
    // The number of slots in use, not an entry frame, owned by the thread: neighbours in one word.
    static_assert(abi::kFrameIsEntry == abi::kFrameStackTop + 4 && abi::kFrameOwner == abi::kFrameStackTop + 5 &&
                  abi::kOwnedByThread == 0);
    store(
        abi::kFrameStackTop, [&] { cil_.ldcI8(layout_.localCount); }, Opcode::StindI8);
    lowering_.changeReferences(code_, Opcode::Add);
    for (uint32_t k = 0; k < layout_.localCount; ++k) {
        store(lowering_.slotOffset(k), [&] {
            if (k < arguments().size()) {
                if (isOperator_) {
                    lowering_.changeReferences(arguments()[k], Opcode::Add);
                }
                lowering_.push(arguments()[k]);
            } else {
                null();
            }
        });
    }
}

void DirectCall::link() {
    storeThreadField(abi::kThreadDataStackTop, [&] { address(frame_, frameBytes()); });
    setCurrentFrame([&] { cil_.ldloc(frame_); });
    changeRemaining(-1);
}

template <typename Push>
void DirectCall::storeThreadField(int32_t offset, Push push) {
    lowering_.pushThread();
    cil_.ldcI4(offset);
    cil_.emit(Opcode::Add);
    push();
    cil_.emit(Opcode::StindI);
}

template <typename Push>
void DirectCall::setCurrentFrame(Push push) {
    address(cframe_, abi::kCFrameCurrentFrame);
    push();
    cil_.emit(Opcode::StindI);
}

void DirectCall::changeRemaining(int32_t difference) {
    lowering_.pushThread();
    cil_.ldcI4(abi::kThreadRecursionRemaining);
    cil_.emit(Opcode::Add);
    lowering_.pushThreadField(abi::kThreadRecursionRemaining, Opcode::LdindI4);
    cil_.ldcI4(difference);
    cil_.emit(Opcode::Add);
    cil_.emit(Opcode::StindI4);
}

/// A body that returned and left its frame linked has found no frame object. Nor did anybody ask for compiled code to
/// be left meanwhile: whoever does so is called from a frame that then leaves, and all that wait for it see it
/// unlinked.
void DirectCall::enter() {
    cil::LabelId unfinished = cil_.newLabel();
    Type resultType = returnsInt_ ? Type::Int64 : Type::NativeInt;
    lowering_.pushThread();
    cil_.ldloc(frame_);
    cil_.ldcI4(0);  // no resume point
    cil_.ldloc(body_);
    cil_.calli(cil_.signature({resultType, {Type::NativeInt, Type::NativeInt, Type::Int32}}));
    cil_.stloc(result_);
    load(cframe_, abi::kCFrameCurrentFrame, Opcode::LdindI);
    cil_.ldloc(frame_);
    cil_.branch(Opcode::BneUn, unfinished);
    cil_.ldloc(result_);
    if (returnsInt_) {
        cil_.ldcI8(deopt::kNoInt);
    } else {
        lowering_.pushPool({PoolKind::Continues}, "continues");
    }
    cil_.branch(Opcode::Beq, unfinished);
    takeApart();
    cil_.bind(unfinished);
    lowering_.pushThread();
    cil_.ldloc(frame_);
    if (!returnsInt_) {
        cil_.ldloc(result_);
    }
    lowering_.callHelper(returnsInt_   ? Helper::FinishCallForInt
                         : isOperator_ ? Helper::FinishCallAndStay
                                       : Helper::FinishCall);
    cil_.stloc(result_);
    cil_.branch(Opcode::Br, isOperator_ ? returned_ : done_);
}

/// python::clear() and the end of the activation. Until the frame is cleared one unit of recursion is held, as
/// _PyEvalFrameClearAndPop does it. The callee was not traced when it returned, but finalizers may have run since.
void DirectCall::takeApart() {
    setCurrentFrame([&] { lowering_.pushFrame(); });
    for (uint32_t k = 0; k < layout_.localCount; ++k) {
        releaseField(lowering_.slotOffset(k), true);
    }
    releaseField(abi::kFrameLocals, true);  // locals() leaves one without making a frame object
    releaseField(abi::kFrameFunction, false);
    releaseField(abi::kFrameCode, false);
    changeRemaining(1);
    storeThreadField(abi::kThreadDataStackTop, [&] { cil_.ldloc(frame_); });
    if (isOperator_) {
        releaseOperands();
    }
    load(cframe_, abi::kCFrameUseTracing, Opcode::LdindU1);
    cil_.branch(Opcode::Brfalse, done_);
    lowering_.pushThread();
    cil_.ldloc(result_);
    lowering_.callHelper(returnsInt_ ? Helper::FinishObservedInt : Helper::FinishObserved);
    cil_.stloc(result_);
    cil_.branch(Opcode::Br, done_);
}

/// NotImplemented is not the end.
void DirectCall::releaseOperands() {
    cil_.ldloc(result_);
    lowering_.pushPool({PoolKind::NotImplemented}, "NotImplemented");
    cil_.branch(Opcode::Beq, returned_);
    for (hir::ValueId operand : arguments()) {
        LocalId object = lowering_.asLocal(operand);
        cil::LabelId released = cil_.newLabel();
        lowering_.branchIfAlive(object, false, released);
        cil_.ldloc(object);
        lowering_.callHelper(Helper::DeallocAndStay);
        cil_.bind(released);
    }
}

void DirectCall::releaseField(int32_t offset, bool mayBeNull) {
    LocalId object = lowering_.scratch(Type::NativeInt, "released");
    cil::LabelId released = cil_.newLabel();
    load(frame_, offset, Opcode::LdindI);
    cil_.stloc(object);
    lowering_.branchIfAlive(object, mayBeNull, released);
    cil_.ldloc(object);
    lowering_.callHelper(Helper::DeallocAndStay);
    cil_.bind(released);
}

/// What is no function may be a bound method, whose call needs a slot to be taken apart.
bool DirectCall::isCertainlyFunction() const {
    return lowering_.value(function()).type.isSubtypeOf(hir::kFunctionExact);
}

/// As Lowering::visit(hir::Call): the operands go to the frame's own value stack. A method that was found has no slot
/// for null there: a function with its first argument is called as the interpreter calls such a pair.
void DirectCall::callByHelper() {
    const uint32_t base = lowering_.freeSlot(call_.snapshot());
    const bool isPair = isCertainlyFunction() && !arguments().empty();
    uint32_t slot = base;
    if (!isPair) {
        lowering_.pushFrameAddress(lowering_.slotOffset(slot++));
        cil_.ldcI4(0);
        cil_.emit(Opcode::ConvI);
        cil_.emit(Opcode::StindI);
    }
    for (hir::ValueId operand : call_.instr().operands) {
        lowering_.pushFrameAddress(lowering_.slotOffset(slot++));
        lowering_.push(operand);
        cil_.emit(Opcode::StindI);
    }
    lowering_.pushThread();
    lowering_.pushFrame();
    lowering_.pushFrameAddress(lowering_.slotOffset(base));
    cil_.ldcI8(static_cast<int64_t>(arguments().size()) - (isPair ? 1 : 0));
    lowering_.callHelper(returnsInt_ ? Helper::CallKnownForInt : Helper::CallKnown);
    cil_.stloc(result_);
}

/// The frame's value stack has no room for what a call needs.
void DirectCall::callOperatorByHelper() {
    lowering_.pushThread();
    for (hir::ValueId operand : call_.instr().operands) {
        lowering_.push(operand);
    }
    lowering_.callHelper(Helper::CallOperator);
    cil_.stloc(result_);
}

/// What the method has returned, or that it has raised.
void DirectCall::finishOperator() {
    cil_.bind(returned_);
    cil_.ldloc(result_);
    for (hir::ValueId operand : arguments()) {
        lowering_.push(operand);
    }
    cil_.ldcI8(call_.instr().immediates[1].integer);
    lowering_.callHelper(Helper::FinishOperator);
    cil_.stloc(result_);
}

void Lowering::visit(hir::CallOperator i) {
    DirectCall(*this, i).write();
}

void Lowering::visit(hir::FinishOperator i) {
    recordPosition(i.origin());
    push(i.returned());
    push(i.left());
    push(i.right());
    cil_.ldcI8(static_cast<int64_t>(i.op()));
    callHelper(Helper::FinishOperator);
    finishObjectHelper(i);
}

void Lowering::visit(hir::CallFunction i) {
    DirectCall(*this, i).write();
}

void Lowering::visit(hir::CallFunctionInt i) {
    DirectCall(*this, i).write();
}

}  // namespace pyjion::lower
