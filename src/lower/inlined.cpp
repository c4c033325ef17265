// SPDX-License-Identifier: MIT
// Code of callees inside their callers: what its frames would have told the world is looked at beforehand.
#include <fmt/format.h>

#include "base/check.h"
#include "hir/constants.h"
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"
#include "runtime/entry.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;
using runtime::Helper;

void Lowering::pushThreadField(int32_t offset, Opcode load) {
    pushThread();
    cil_.ldcI4(offset);
    op(Opcode::Add);
    op(load);
}

/// A function with the code that was expected.
void Lowering::guardCode(hir::ValueId function, uint32_t callee, cil::LabelId exit) {
    if (!value(function).type.isSubtypeOf(hir::kFunctionExact)) {
        pushField(function, abi::kObjectType, Opcode::LdindI);
        pushTypeObject(hir::kFunctionExact);
        cil_.branch(Opcode::BneUn, exit);
    }
    pushField(function, abi::kFunctionCode, Opcode::LdindI);
    pushPool({PoolKind::CallCache, callee}, "callee's code");
    op(Opcode::LdindI);
    cil_.branch(Opcode::BneUn, exit);
}

void Lowering::visit(hir::GuardSignature i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::CalleeChanged, i.origin());
    guardCode(i.function(), i.callee(), exit);
    if (i.defaults() != hir::kNoPlace) {
        pushField(i.function(), abi::kFunctionDefaults, Opcode::LdindI);
        pushPool({PoolKind::KnownObject, i.defaults()}, fmt::format("object {}", i.defaults()));
        cil_.branch(Opcode::BneUn, exit);
    }
}

void Lowering::visit(hir::GuardCallee i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::CalleeChanged, i.origin());
    guardCode(i.function(), i.callee(), exit);
    if (i.names()) {
        pushField(i.function(), abi::kFunctionGlobals, Opcode::LdindI);
        pushFrameField(abi::kFrameGlobals, Opcode::LdindI);
        cil_.branch(Opcode::BneUn, exit);
        pushField(i.function(), abi::kFunctionBuiltins, Opcode::LdindI);
        pushFrameField(abi::kFrameBuiltins, Opcode::LdindI);
        cil_.branch(Opcode::BneUn, exit);
    }
    pushTracingFlag();
    cil_.branch(Opcode::Brtrue, exit);
    pushPool({PoolKind::AllocationTracing}, "tracemalloc");
    op(Opcode::LdindI4);
    cil_.branch(Opcode::Brtrue, exit);
    guardRoom(i, exit);
    countRun(i.callee());
}

/// CodeEntry::inlinedRuns.
void Lowering::countRun(uint32_t callee) {
    auto pushCount = [&] {
        pushPool({PoolKind::CallEntry, callee}, "callee");
        cil_.ldcI4(static_cast<int32_t>(offsetof(runtime::CodeEntry, inlinedRuns)));
        op(Opcode::Add);
    };
    pushCount();
    pushCount();
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    op(Opcode::Add);
    op(Opcode::StindI8);
}

/// Exits push the frames of all calls that the code is in: they have recursion and words of the data stack left.
void Lowering::guardRoom(hir::GuardCallee i, cil::LabelId exit) {
    int32_t frames = 2;  // type.__call__ counts as one
    uint32_t words = input_.callees[i.callee()].frameWords;
    for (const hir::InlinedCall* call = function().inlinedAt(i.origin()); call != nullptr;
         call = function().inlinedAt(call->callUnit)) {
        frames += call->end == hir::InlinedCall::End::Instance ? 2 : 1;
        words += input_.callees[call->callee].frameWords;
    }
    pushThreadField(abi::kThreadRecursionRemaining, Opcode::LdindI4);
    cil_.ldcI4(frames);
    cil_.branch(Opcode::Ble, exit);
    pushThreadField(abi::kThreadDataStackTop, Opcode::LdindI);
    cil_.ldcI4(8 * static_cast<int32_t>(words));
    op(Opcode::Add);
    pushThreadField(abi::kThreadDataStackLimit, Opcode::LdindI);
    cil_.branch(Opcode::BgeUn, exit);
}

/// More references than are given back, or else the helper looks.
void Lowering::visit(hir::GuardQuietEnd i) {
    cil::LabelId quiet = cil_.newLabel();
    if (value(i.input()).type.mayBe(hir::kNull)) {
        push(i.input());
        cil_.branch(Opcode::Brfalse, quiet);
    }
    auto branchIfMoreThan = [&](auto&& pushGiven) {
        push(i.input());
        op(Opcode::LdindI8);
        pushGiven();
        cil_.branch(Opcode::Bgt, quiet);
    };
    branchIfMoreThan([&] { cil_.ldcI8(static_cast<int64_t>(i.given() + i.also().size())); });
    if (!i.also().empty()) {
        branchIfMoreThan([&] {
            cil_.ldcI8(i.given());
            for (hir::ValueId other : i.also()) {
                push(i.input());
                push(other);
                op(Opcode::Ceq);
                op(Opcode::ConvI8);
                op(Opcode::Add);
            }
        });
    }
    push(i.input());
    callHelper(Helper::EndsQuietly);
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::EndObserved, i.origin()));
    cil_.bind(quiet);
}

void Lowering::visit(hir::ReleaseQuietly i) {
    cil::LocalId object = asLocal(i.input());
    cil::LabelId alive = cil_.newLabel();
    branchIfAlive(object, value(i.input()).type.mayBe(hir::kNull), alive);
    cil_.ldloc(object);
    callHelper(Helper::DeallocAndStay);
    cil_.bind(alive);
}

/// The result of a helper (on the evaluation stack) that refuses with null.
void Lowering::finishQuiet(hir::InstrView i) {
    auto reason = static_cast<Reason>(hir::exitReasonOf(function(), i.id()));
    pop(i.result());
    push(i.result());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), reason, i.origin()));
}

/// The same for one that refuses with -1.
void Lowering::finishQuietDecision(hir::InstrView i) {
    pop(i.result());
    push(i.result());
    cil_.ldcI4(0);
    cil_.branch(Opcode::Blt, exits_.before(i.snapshot(), Reason::NotQuiet, i.origin()));
}

/// No two classes have one version, and only a class whose metaclass is type is called as type.__call__ does it.
void Lowering::visit(hir::GuardClass i) {
    const cil::LabelId exit = exits_.before(i.snapshot(), Reason::CalleeChanged, i.origin());
    pushField(i.type(), abi::kObjectType, Opcode::LdindI);
    pushTypeObject(hir::kTypeObject);
    cil_.branch(Opcode::BneUn, exit);
    pushField(i.type(), abi::kTypeVersion, Opcode::LdindU4);
    cil_.ldcI4(static_cast<int32_t>(i.version()));
    cil_.branch(Opcode::BneUn, exit);
}

void Lowering::visit(hir::NewInstance i) {
    push(i.type());
    callHelper(Helper::NewInstanceQuietly);
    finishQuiet(i);
}

void Lowering::visit(hir::InlinedReturn i) {
    PYJION_CHECK(false, "v{}: the end of a body that was not put into a caller", i.value().index());
}

void Lowering::visit(hir::QuietBinaryOp i) {
    push(i.left());
    push(i.right());
    cil_.ldcI8(static_cast<int64_t>(i.op()));
    callHelper(Helper::QuietBinary);
    finishQuiet(i);
}

void Lowering::visit(hir::QuietCompareOp i) {
    push(i.left());
    push(i.right());
    cil_.ldcI8(static_cast<int64_t>(i.op()));
    callHelper(Helper::QuietCompare);
    finishQuiet(i);
}

void Lowering::visit(hir::QuietTruth i) {
    push(i.input());
    callHelper(Helper::QuietTruth);
    finishQuietDecision(i);
}

void Lowering::visit(hir::QuietContains i) {
    push(i.item());
    push(i.container());
    callHelper(Helper::QuietContains);
    finishQuietDecision(i);
}

void Lowering::visit(hir::QuietGlobal i) {
    PoolRecipe site{PoolKind::Site, i.site()};
    std::string name = fmt::format("site {}", i.site());
    cil::LabelId done = cil_.newLabel();
    takeCachedGlobal(i.result(), site, name, done);
    pushFrame();
    pushPool(site, name);
    callHelper(Helper::FindGlobal);
    finishQuiet(i);
    cil_.bind(done);
}

void Lowering::visit(hir::QuietOperate i) {
    // The builtin itself comes first.
    const bool isCall = i.operation() == hir::Operation::CallIsInstance;
    for (hir::ValueId input : i.inputs().subspan(isCall ? 1 : 0)) {
        push(input);
    }
    switch (i.operation()) {
        case hir::Operation::LoadAttr:
            pushSite(i.site());
            callHelper(Helper::FindAttribute);
            break;
        case hir::Operation::BinarySubscript:
            callHelper(Helper::QuietItem);
            break;
        case hir::Operation::Slice:
            callHelper(Helper::QuietSlice);
            break;
        case hir::Operation::CallIsInstance:
            callHelper(Helper::QuietIsInstance);
            break;
        default:
            PYJION_CHECK(false, "there is no quiet helper for this operation");
    }
    finishQuiet(i);
}

/// Lists are in place.
void Lowering::visit(hir::QuietLength i) {
    if (value(i.input()).type.isSubtypeOf(hir::kListExact | hir::kTupleExact)) {
        pushField(i.input(), abi::kSequenceSize, Opcode::LdindI8);
        pop(i.result());
        return;
    }
    cil::LabelId isList = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    pushField(i.input(), abi::kObjectType, Opcode::LdindI);
    pushTypeObject(hir::kListExact);
    cil_.branch(Opcode::Beq, isList);
    push(i.input());
    callHelper(Helper::QuietLength);
    pop(i.result());
    push(i.result());
    cil_.ldcI8(0);
    cil_.branch(Opcode::Blt, exits_.before(i.snapshot(), Reason::NotQuiet, i.origin()));
    cil_.branch(Opcode::Br, done);
    cil_.bind(isList);
    pushField(i.input(), abi::kSequenceSize, Opcode::LdindI8);
    pop(i.result());
    cil_.bind(done);
}

void Lowering::visit(hir::TestNone i) {
    push(i.input());
    pushPool({PoolKind::None}, "None");
    op(Opcode::Ceq);
    pop(i.result());
}

void Lowering::visit(hir::TestNotImplemented i) {
    push(i.input());
    pushPool({PoolKind::NotImplemented}, "NotImplemented");
    op(Opcode::Ceq);
    pop(i.result());
}

void Lowering::visit(hir::TestSame i) {
    push(i.left());
    push(i.right());
    op(Opcode::Ceq);
    pop(i.result());
}

}  // namespace pyjion::lower
