// SPDX-License-Identifier: MIT
// Code that is checked while it runs tells a replay of its bytecode what it does: see replay/replay.h. Emitted for
// Input::replay alone.
#include "hir/generated/opcode.h"
#include "lower/lowering.h"

namespace pyjion::lower {

using cil::Opcode;
using runtime::Helper;

namespace {

/// What the replay gets of an instruction.
enum class Told : uint8_t { Nothing, Object, Int, Bool, Truth };

/// Instructions that do what only compiled code can do. Their results are those of their bytecode.
Told toldOf(hir::Opcode opcode) {
    switch (opcode) {
        case hir::Opcode::BinaryOp:
        case hir::Opcode::CompareOp:
        case hir::Opcode::UnaryOp:
        case hir::Opcode::ContainsOp:
        case hir::Opcode::LoadGlobal:
        case hir::Opcode::QuietGlobal:
        case hir::Opcode::GuardGlobal:
        case hir::Opcode::Call:
        case hir::Opcode::CallFunction:
        case hir::Opcode::CallOperator:
        case hir::Opcode::CallGetter:
        case hir::Opcode::GetIter:
        case hir::Opcode::IterNext:
        case hir::Opcode::AdvanceIterator:
        case hir::Opcode::Operate:
        case hir::Opcode::TakeStack:
        case hir::Opcode::GuardThere:
        case hir::Opcode::PeekItem:
        case hir::Opcode::CheckExcMatch:
        case hir::Opcode::PrepareReraise:
        case hir::Opcode::WithExceptStart:
            return Told::Object;
        case hir::Opcode::CallFunctionInt:
        case hir::Opcode::AdvanceRange:
        case hir::Opcode::QuietLength:
            return Told::Int;
        case hir::Opcode::IsOp:
            return Told::Bool;
        case hir::Opcode::IsNone:
        case hir::Opcode::RangeHasNext:
        case hir::Opcode::IteratorHasNext:
        case hir::Opcode::Truth:
            return Told::Truth;
        default:
            return Told::Nothing;
    }
}

Helper helperFor(Told told) {
    switch (told) {
        case Told::Int:
            return Helper::ReplayInteger;
        case Told::Bool:
            return Helper::ReplayBool;
        case Told::Truth:
            return Helper::ReplayTruth;
        default:
            return Helper::ReplayObject;
    }
}

/// Changes a local itself: its slot is ahead of the replay.
bool changesLocal(const hir::Function& function, hir::InstrId id) {
    const hir::Instr& instr = function.instrs[id];
    return instr.opcode == hir::Opcode::StoreLocal || instr.opcode == hir::Opcode::ChangeLocal ||
           (instr.opcode == hir::Opcode::Perform &&
            hir::Perform(function, id).operation() == hir::Operation::CopyFreeVars);
}

}  // namespace

void Lowering::startReplay() {
    if (!input_.replay) {
        return;
    }
    result_.exits.entryIndex = function().entryBytecode;
    for (const hir::Instr& instr : function().instrs) {
        result_.exits.entryDepth += instr.block.valid() && instr.opcode == hir::Opcode::EntryStack ? 1 : 0;
    }
    for (const hir::NameSlot& slot : function().names) {
        result_.exits.names.push_back(slot.name);
    }
    replay_ = cil_.newLocal(cil::Type::NativeInt, "replay");
    pushFrame();
    pushPool({PoolKind::ExitTable}, "exit table");
    callHelper(Helper::ReplayBegin);
    cil_.stloc(replay_);
}

void Lowering::pushReplay(uint32_t origin) {
    cil_.ldloc(replay_);
    cil_.ldcI4(static_cast<int32_t>(input_.bounds[origin].start));
}

/// Counts a jump backwards, in the first field of runtime::Replay.
void Lowering::replayJump(uint32_t origin) {
    if (!input_.replay || !input_.bounds[origin].jumpsBack) {
        return;
    }
    cil_.ldloc(replay_);
    cil_.ldloc(replay_);
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    op(Opcode::Add);
    op(Opcode::StindI8);
}

/// Whether a state lies behind a jump backwards that is not counted yet: the count is made where the eval breaker is
/// looked at, and guards on the edge in front of that have the state behind the jump already.
bool Lowering::isAheadOfCount(hir::SnapshotId snapshot) const {
    if (!input_.replay) {
        return false;
    }
    const hir::Snapshot& state = function().snapshots[snapshot];
    const uint32_t origin = function().instrs[state.owner].bytecode;
    if (!input_.bounds[origin].jumpsBack || state.bytecode != input_.bounds[origin].target) {
        return false;
    }
    hir::BlockId block = function().instrs[current_].block;
    size_t end = place_ + 1;
    const std::vector<std::vector<hir::BlockId>> predecessors = function().predecessors();
    while (true) {
        const std::vector<hir::InstrId>& instrs = function().blocks[block].instrs;
        for (size_t place = 0; place < end; ++place) {
            const hir::Instr& instr = function().instrs[instrs[place]];
            if (instr.opcode == hir::Opcode::CheckPending && instr.bytecode == origin) {
                return false;
            }
        }
        if (predecessors[block.index()].size() != 1) {
            return true;
        }
        block = predecessors[block.index()].front();
        end = function().blocks[block].instrs.size();
    }
}

/// Whether an instruction may run what looks at the function's global names, and binds them. (What a store to a local
/// releases, the replay knows itself.)
bool Lowering::showsNames(hir::InstrId id) const {
    const hir::Instr& instr = function().instrs[id];
    return !function().names.empty() && instr.opcode != hir::Opcode::StoreLocal &&
           !hir::info(instr.opcode).terminator && hir::effectsOf(function(), id).writes.overlaps(hir::kWorldHeap);
}

void Lowering::replayNames(hir::InstrId id, Helper told) {
    if (input_.replay && showsNames(id)) {
        pushReplay(function().instrs[id].bytecode);
        callHelper(told);
    }
}

void Lowering::replayInstruction(hir::InstrId id) {
    if (!input_.replay) {
        return;
    }
    replayNames(id, Helper::ReplayNamesRead);
    const hir::Instr& instr = function().instrs[id];
    const Told told = toldOf(instr.opcode);
    // A comparison whose truth is taken at once has no object; a sum that is stored at once is on its way to the slot.
    const bool isTaken = instr.opcode == hir::Opcode::CompareOp && truthOf(hir::CompareOp(function(), id));
    const bool isStored = instr.opcode == hir::Opcode::BinaryOp && storedLocal(hir::BinaryOp(function(), id));
    const bool shows = hir::exitKindOf(function(), id) == hir::ExitKind::Raised &&
                       hir::effectsOf(function(), id).writes.overlaps(hir::kWorldHeap);
    if (shows && !isStored && !changesLocal(function(), id) && !hir::info(instr.opcode).terminator) {
        pushReplay(instr.bytecode);
        callHelper(Helper::ReplaySlots);
    }
    if (told != Told::Nothing && !isTaken) {
        pushReplay(instr.bytecode);
        push(instr.result);
        callHelper(helperFor(told));
    }
}

void Lowering::replayReturn(hir::InstrView i, hir::ValueId result) {
    if (!input_.replay) {
        return;
    }
    pushReplay(i.origin());
    push(result);
    callHelper(value(result).type == hir::kInt64 ? Helper::ReplayReturnInteger : Helper::ReplayReturn);
}

}  // namespace pyjion::lower
