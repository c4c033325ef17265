// SPDX-License-Identifier: MIT
// Calls of Python functions whose code is known. Most go through a helper, which costs as much as the same code in
// place (1 to 2 ns more) and a tenth of its size. One that returns an unboxed int is small, recursive, or both: its
// frame is pushed, linked and taken apart by compiled code, as runtime/activation.h and runtime/calls.cpp do it. What
// is not as usual goes there: before the frame is pushed to Helper::CallFunctionForInt…, behind the call to
// Helper::FinishCallForInt.
#include "lower/calls.h"

#include "base/passed_arguments.h"
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

DirectCall::DirectCall(Lowering& lowering, hir::CallFunctionInt call)
    : lowering_(lowering),
      cil_(lowering.cil_),
      call_(call),
      callee_(static_cast<uint32_t>(call.instr().immediates[0].integer)),
      layout_(lowering.input_.callees[callee_]),
      cframe_(lowering.scratch(Type::NativeInt, "cframe")),
      code_(lowering.scratch(Type::NativeInt, "code")),
      frame_(lowering.scratch(Type::NativeInt, "callee frame")),
      body_(lowering.scratch(Type::NativeInt, "body")),
      count_(lowering.scratch(Type::Int64, "count")),
      result_(lowering.scratch(Type::Int64, "int result")),
      unusual_(cil_.newLabel()),
      done_(cil_.newLabel()) {}

void DirectCall::write() {
    lowering_.recordPosition(call_.origin());
    checkCallee();
    checkThread();
    countEntry();
    fillFrame();
    link();
    enter();
    cil_.bind(unusual_);
    lowering_.callFunction(call_, Helper::CallFunctionForInt0, Helper::CallKnownForInt);
    cil_.stloc(result_);
    cil_.bind(done_);
    takeResult();
}

void DirectCall::takeResult() {
    cil_.ldloc(result_);
    lowering_.finishIntHelper(call_);
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
    if (!lowering_.isCertainlyFunction(function())) {
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
    pushEntryField(offsetof(runtime::CodeEntry, body) + offsetof(runtime::CompiledBody, intFunction));
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
    lowering_.pushThread();
    cil_.ldloc(frame_);
    cil_.ldcI4(0);  // no resume point
    cil_.ldloc(body_);
    cil_.calli(cil_.signature({Type::Int64, {Type::NativeInt, Type::NativeInt, Type::Int32}}));
    cil_.stloc(result_);
    load(cframe_, abi::kCFrameCurrentFrame, Opcode::LdindI);
    cil_.ldloc(frame_);
    cil_.branch(Opcode::BneUn, unfinished);
    cil_.ldloc(result_);
    cil_.ldcI8(deopt::kNoInt);
    cil_.branch(Opcode::Beq, unfinished);
    takeApart();
    cil_.bind(unfinished);
    lowering_.pushThread();
    cil_.ldloc(frame_);
    lowering_.callHelper(Helper::FinishCallForInt);
    cil_.stloc(result_);
    cil_.branch(Opcode::Br, done_);
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
    load(cframe_, abi::kCFrameUseTracing, Opcode::LdindU1);
    cil_.branch(Opcode::Brfalse, done_);
    lowering_.pushThread();
    cil_.ldloc(result_);
    lowering_.callHelper(Helper::FinishObservedInt);
    cil_.stloc(result_);
    cil_.branch(Opcode::Br, done_);
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

/// The result (on the evaluation stack) of a call for an int: deopt::kNoInt leaves with what was raised or stashed.
void Lowering::finishIntHelper(hir::InstrView i) {
    cil::LabelId fine = cil_.newLabel();
    pop(i.result());
    push(i.result());
    cil_.ldcI8(deopt::kNoInt);
    cil_.branch(Opcode::BneUn, fine);
    pushThreadField(abi::kThreadRaisedType, Opcode::LdindI);
    cil_.branch(Opcode::Brtrue, exits_.raised(i.snapshot(), i.origin(), true));
    cil_.branch(Opcode::Br, exits_.unexpectedResult(i.snapshot(), i.origin()));
    cil_.bind(fine);
}

/// What is no function may be a bound method, whose call needs a slot to be taken apart.
bool Lowering::isCertainlyFunction(hir::ValueId callable) {
    return value(callable).type.isSubtypeOf(hir::kFunctionExact);
}

/// Pushes the result of a helper that calls a function: `first` of those for calls with few arguments, which are
/// passed, or `other`, for which the operands go to the frame's own value stack as for Call. A method that was found
/// has no slot for null there: a function with its first argument is called as the interpreter calls such a pair.
void Lowering::callFunction(hir::InstrView call, Helper first, Helper other) {
    const std::vector<hir::ValueId>& operands = call.instr().operands;
    const size_t count = operands.size() - 1;
    if (count <= base::kMostPassed) {
        pushThread();
        for (hir::ValueId operand : operands) {
            push(operand);
        }
        callHelper(static_cast<Helper>(static_cast<size_t>(first) + count));
        return;
    }
    const uint32_t base = freeSlot(call.snapshot());
    const bool isPair = isCertainlyFunction(operands[0]);
    uint32_t slot = base;
    if (!isPair) {
        pushFrameAddress(slotOffset(slot++));
        cil_.ldcI4(0);
        op(Opcode::ConvI);
        op(Opcode::StindI);
    }
    for (hir::ValueId operand : operands) {
        pushFrameAddress(slotOffset(slot++));
        push(operand);
        op(Opcode::StindI);
    }
    pushThread();
    pushFrame();
    pushFrameAddress(slotOffset(base));
    cil_.ldcI8(static_cast<int64_t>(count) - (isPair ? 1 : 0));
    callHelper(other);
}

void Lowering::visit(hir::CallFunction i) {
    recordPosition(i.origin());
    callFunction(i, Helper::CallFunction0, Helper::CallKnown);
    finishObjectHelper(i);
}

void Lowering::visit(hir::CallFunctionInt i) {
    DirectCall(*this, i).write();
}

void Lowering::visit(hir::CallOperator i) {
    recordPosition(i.origin());
    pushThread();
    push(i.function());
    push(i.left());
    push(i.right());
    cil_.ldcI8(static_cast<int64_t>(i.op()));
    callHelper(Helper::CallOperator);
    finishObjectHelper(i);
}

void Lowering::visit(hir::CallGetter i) {
    recordPosition(i.origin());
    pushThread();
    push(i.function());
    push(i.owner());
    callHelper(Helper::CallGetter);
    finishObjectHelper(i);
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

}  // namespace pyjion::lower
