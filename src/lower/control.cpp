// SPDX-License-Identifier: MIT
// Control flow: blocks and their parameters, branches, return, and the checks that leave at loops and entries.
#include "base/check.h"
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;

cil::LabelId Lowering::labelOf(hir::BlockId block) {
    cil::LabelId& label = labels_[block.index()];
    if (!label.valid()) {
        label = cil_.newLabel();
    }
    return label;
}

void Lowering::enterBlock(hir::BlockId block) {
    cil_.bind(labelOf(block));
    recordedPosition_ = UINT32_MAX;
    markedPosition_ = UINT32_MAX;
}

bool Lowering::needsMoves(const hir::Target& target) const {
    const hir::Block& block = function().blocks[target.block];
    for (size_t i = 0; i < target.arguments.size(); ++i) {
        if (block.params[i] != target.arguments[i] && isMaterialised(block.params[i])) {
            return true;
        }
    }
    return false;
}

/// All arguments are pushed before the first parameter is written: the moves are parallel.
void Lowering::passArguments(const hir::Target& target) {
    const std::vector<hir::ValueId>& params = function().blocks[target.block].params;
    std::vector<hir::ValueId> moved;
    for (size_t i = 0; i < params.size(); ++i) {
        if (params[i] != target.arguments[i] && isMaterialised(params[i])) {
            push(target.arguments[i]);
            moved.push_back(params[i]);
        }
    }
    for (auto param = moved.rbegin(); param != moved.rend(); ++param) {
        pop(*param);
    }
}

void Lowering::visit(hir::Jump i) {
    passArguments(i.target());
    cil_.branch(Opcode::Br, labelOf(i.target().block));
}

namespace {

Opcode branchFor(hir::CompareOperator op) {
    switch (op) {
        case hir::CompareOperator::Less:
            return Opcode::Blt;
        case hir::CompareOperator::LessEqual:
            return Opcode::Ble;
        case hir::CompareOperator::Equal:
            return Opcode::Beq;
        case hir::CompareOperator::NotEqual:
            return Opcode::BneUn;
        case hir::CompareOperator::Greater:
            return Opcode::Bgt;
        case hir::CompareOperator::GreaterEqual:
            return Opcode::Bge;
    }
    return Opcode::Beq;
}

}  // namespace

/// For doubles the ordered branches are false on a NaN and bne.un is true (ECMA-335 III.3.6-3.12): Python's rules.
void Lowering::branchIf(hir::ValueId condition, cil::LabelId target) {
    if (!isFused(condition)) {
        push(condition);
        cil_.branch(Opcode::Brtrue, target);
        return;
    }
    const hir::Instr& compare = *definition(condition);
    push(compare.operands[0]);
    if (compare.opcode == hir::Opcode::IsNull) {
        cil_.branch(Opcode::Brfalse, target);
        return;
    }
    push(compare.operands[1]);
    cil_.branch(branchFor(static_cast<hir::CompareOperator>(compare.immediates[0].integer)), target);
}

void Lowering::visit(hir::Branch i) {
    bool edgeBlock = needsMoves(i.ifTrue());
    cil::LabelId taken = edgeBlock ? cil_.newLabel() : labelOf(i.ifTrue().block);
    branchIf(i.condition(), taken);
    passArguments(i.ifFalse());
    cil_.branch(Opcode::Br, labelOf(i.ifFalse().block));
    if (edgeBlock) {
        cil_.bind(taken);
        passArguments(i.ifTrue());
        cil_.branch(Opcode::Br, labelOf(i.ifTrue().block));
    }
}

/// Calls name no resume point: the caller's third argument is 0 then.
void Lowering::visit(hir::ResumeSwitch i) {
    std::vector<cil::LabelId> labels;
    for (const hir::Target& target : i.targets()) {
        labels.push_back(labelOf(target.block));
    }
    cil_.ldarg(kResumeArgument);
    cil_.branch(Opcode::Brfalse, labels[0]);
    cil_.ldarg(kResumeArgument);
    cil_.switchOn(labels);
    cil_.branch(Opcode::Br, labels[0]);
}

/// Somebody who holds the frame object sees the locals and the line after the return, and a trace function sees the
/// return: then it is executed where the frame is complete. What calls a body with unboxed results relies on the first
/// check. Of an exception that was handled, a frame object stays that nobody but the frame may hold.
void Lowering::leaveIfObserved(hir::InstrView i, bool returnsObject) {
    const cil::LabelId observed = exits_.before(i.snapshot(), Reason::FrameObserved, i.origin());
    pushFrameField(abi::kFrameObject, Opcode::LdindI);
    if (input_.hasHandlers && returnsObject) {
        const cil::LabelId unseen = cil_.newLabel();
        cil_.branch(Opcode::Brfalse, unseen);
        pushFrameField(abi::kFrameObject, Opcode::LdindI);
        op(Opcode::LdindI8);
        cil_.ldcI8(1);
        cil_.branch(Opcode::BneUn, observed);
        cil_.bind(unseen);
    } else {
        cil_.branch(Opcode::Brtrue, observed);
    }
    pushTracingFlag();
    cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::Traced, i.origin()));
}

void Lowering::visit(hir::Return i) {
    leaveIfObserved(i, true);
    replayReturn(i, i.value());
    push(i.value());
    op(Opcode::Ret);
}

void Lowering::visit(hir::ReturnInt i) {
    leaveIfObserved(i, false);
    replayReturn(i, i.value());
    push(i.value());
    op(Opcode::Ret);
}

void Lowering::visit(hir::Deoptimise i) {
    auto reason = static_cast<Reason>(hir::exitReasonOf(function(), i.id()));
    cil_.branch(Opcode::Br, exits_.before(i.snapshot(), reason, i.origin()));
}

void Lowering::visit(hir::SnapshotInstr) {}

void Lowering::startCountdown() {
    bool used = false;
    for (const hir::Instr& instr : function().instrs) {
        used = used || instr.opcode == hir::Opcode::ForcedExit;
    }
    if (!used) {
        return;
    }
    countdown_ = cil_.newLocal(cil::Type::Int64, "countdown");
    if (input_.forcedExitEvery != 0) {
        cil_.ldcI8(static_cast<int64_t>(input_.forcedExitEvery));
    } else {
        callHelper(runtime::Helper::ForcedExitCountdown);
    }
    cil_.stloc(countdown_);
}

void Lowering::visit(hir::ForcedExit i) {
    cil_.ldloc(countdown_);
    cil_.ldcI8(1);
    op(Opcode::Sub);
    cil_.stloc(countdown_);
    cil_.ldloc(countdown_);
    cil_.ldcI8(0);
    if (!input_.forcedExitsBehind) {
        cil_.branch(Opcode::Beq, exits_.before(i.snapshot(), Reason::Forced, i.origin()));
        return;
    }
    cil::LabelId goOn = cil_.newLabel();
    cil_.branch(Opcode::BneUn, goOn);
    callHelper(runtime::Helper::RequestLeave);
    cil_.bind(goOn);
}

/// Quick code handles what is pending itself; full code leaves, because a call that rejoins a loop would cost it the
/// registers of its loop-carried doubles.
void Lowering::visit(hir::CheckPending i) {
    replayJump(i.origin());
    pushPool({PoolKind::EvalBreaker}, "eval breaker");
    op(Opcode::Volatile);
    op(Opcode::LdindI4);
    if (!input_.quick) {
        cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::Pending, i.origin()));
        return;
    }
    cil::LabelId quiet = cil_.newLabel();
    cil::LocalId status = scratch(cil::Type::Int32, "status");
    cil_.branch(Opcode::Brfalse, quiet);
    recordPosition(i.origin());
    pushThread();
    callHelper(runtime::Helper::HandlePending);
    cil_.stloc(status);
    cil_.ldloc(status);
    cil_.branch(Opcode::Brfalse, quiet);
    cil_.ldloc(status);
    cil_.ldcI4(0);
    cil_.branch(Opcode::Blt, exits_.raised(i.snapshot(), i.origin(), false));
    cil_.branch(Opcode::Br, exits_.before(i.snapshot(), Reason::Pending, i.origin()));
    cil_.bind(quiet);
    recordedPosition_ = UINT32_MAX;
}

void Lowering::visit(hir::CheckTracing i) {
    pushTracingFlag();
    cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::Traced, i.origin()));
}

void Lowering::visit(hir::CountLoop i) {
    cil::LocalId left = scratch(cil::Type::Int64, "left");
    cil::LabelId cold = cil_.newLabel();
    PoolRecipe counter{PoolKind::LoopCounter, i.loop()};
    std::string name = fmt::format("loop {}", i.loop());
    pushPool(counter, name);
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    op(Opcode::Sub);
    cil_.stloc(left);
    pushPool(counter, name);
    cil_.ldloc(left);
    op(Opcode::StindI8);
    cil_.ldloc(left);
    cil_.ldcI8(0);
    cil_.branch(Opcode::Bgt, cold);
    pushThread();
    pushFrame();
    pushPool(counter, name);
    callHelper(runtime::Helper::LoopIsHot);
    cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::HotLoop, i.origin()));
    cil_.bind(cold);
}

}  // namespace pyjion::lower
