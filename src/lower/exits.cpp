// SPDX-License-Identifier: MIT
#include "lower/exits.h"

#include <algorithm>

#include "base/check.h"
#include "hir/constants.h"
#include "hir/generated/opcode.h"
#include "lower/lowering.h"

namespace pyjion::lower {

using cil::Opcode;
using cil::Type;

cil::LabelId ExitWriter::before(hir::SnapshotId snapshot, deopt::Reason reason, uint32_t running) {
    return exit({{}, snapshot, reason, Place::Before, running});
}

cil::LabelId ExitWriter::raised(hir::SnapshotId snapshot, uint32_t running, bool pushesResult) {
    return exit(
        {{}, snapshot, deopt::Reason::Raised, pushesResult ? Place::Raised : Place::RaisedWithoutResult, running});
}

cil::LabelId ExitWriter::unexpectedResult(hir::SnapshotId snapshot, uint32_t running) {
    return exit({{}, snapshot, deopt::Reason::ResultChanged, Place::Raised, running, 0});
}

cil::LabelId ExitWriter::raisedSpread(hir::SnapshotId snapshot, uint32_t running, uint32_t results) {
    return exit({{}, snapshot, deopt::Reason::Raised, Place::RaisedWithoutResult, running, results});
}

cil::LabelId ExitWriter::jumped(hir::SnapshotId snapshot, uint32_t running) {
    PYJION_CHECK(lowering_.input_.bounds[running].jump, "{} is no conditional jump", running);
    return exit({{}, snapshot, deopt::Reason::Raised, Place::Jumped, running, 0});
}

cil::LabelId ExitWriter::reraised(hir::SnapshotId snapshot, uint32_t running) {
    return exit({{}, snapshot, deopt::Reason::Raised, Place::Reraised, running, 0});
}

cil::LabelId ExitWriter::unwound(hir::SnapshotId snapshot, uint32_t running) {
    return exit({{}, snapshot, deopt::Reason::Raised, Place::Unwound, running, 0});
}

deopt::ResumeMode ExitWriter::modeOf(Place place) {
    switch (place) {
        case Place::Before:
            return deopt::ResumeMode::Before;
        case Place::Reraised:
            return deopt::ResumeMode::Reraised;
        case Place::Raised:
        case Place::RaisedWithoutResult:
        case Place::Jumped:
        case Place::Unwound:
            break;
    }
    return deopt::ResumeMode::Raised;
}

cil::LabelId ExitWriter::exit(Pending exit) {
    PYJION_CHECK(exit.snapshot.valid(), "an exit at {} has no snapshot", exit.running);
    exit.isAhead = exit.place == Place::Before && lowering_.isAheadOfCount(exit.snapshot);
    auto [found, isNew] =
        known_.try_emplace({exit.snapshot.index(), exit.reason, exit.place, exit.running, exit.spread, exit.isAhead});
    if (isNew) {
        found->second = exit.label = lowering_.cil_.newLabel();
        pending_.push_back(exit);
    }
    return found->second;
}

/// Behind the instruction, or where its snapshot says when that is elsewhere: at the target of its jump.
uint32_t ExitWriter::indexBehind(const Pending& exit) const {
    const InstructionBounds& bounds = lowering_.input_.bounds[exit.running];
    uint32_t snapshot = lowering_.function().snapshots[exit.snapshot].bytecode;
    return snapshot == bounds.start ? bounds.next : snapshot;
}

/// That of the instruction; where it has jumped already, that of the unit in front of its target, as the interpreter
/// looks it up: a `try` whose first instruction is the target of a loop does not handle what is raised on the way back.
const python::ExceptionEntry* ExitWriter::handlerOf(const Pending& exit) const {
    const std::vector<InstructionBounds>& bounds = lowering_.input_.bounds;
    const uint32_t snapshot = lowering_.function().snapshots[exit.snapshot].bytecode;
    const bool hasJumped = snapshot != bounds[exit.running].start && snapshot > 0;
    return bounds[hasJumped ? snapshot - 1 : exit.running].handler;
}

void ExitWriter::write() {
    if (pending_.empty()) {
        return;
    }
    cil::Builder& cil = lowering_.cil_;
    cil::LabelId common = cil.newLabel();
    cil::LocalId number = cil.newLocal(Type::Int32, "exit");
    for (size_t i = 0; i < pending_.size(); ++i) {
        writeExit(pending_[i], common, number);
    }
    for (const Chunk& chunk : chunks_) {
        cil.bind(chunk.label);
        storeWords(chunk.first, chunk.words);
        cil.branch(Opcode::Br, chunk.next);
    }
    cil.bind(common);
    cil::Signature signature{lowering_.result_.body.signature.result,
                             {Type::NativeInt, Type::Int32, Type::NativeInt, Type::NativeInt}};
    if (!lowering_.input_.isFrameless) {
        signature.params.insert(signature.params.begin(), Type::NativeInt);
        lowering_.pushThread();
    }
    lowering_.pushFrame();
    cil.ldloc(number);
    lowering_.pushPool({PoolKind::ExitTable}, "exit table");
    lowering_.pushPool({PoolKind::ExitBuffer}, "exit buffer");
    std::string_view name = signature.result == Type::Int64 ? "leave without int" : "leave";
    cil::PoolId cell = lowering_.pool_.entry({leavingBy()}, name);
    cil.call(cil.helper(name, signature, cell));
    cil.emit(Opcode::Ret);
}

PoolKind ExitWriter::leavingBy() const {
    const bool returnsInt = lowering_.result_.body.signature.result == Type::Int64;
    if (lowering_.input_.isFrameless) {
        return returnsInt ? PoolKind::UnwindWithoutInt : PoolKind::Unwind;
    }
    return returnsInt ? PoolKind::LeaveWithoutInt : PoolKind::Leave;
}

/// All of it but for values.
deopt::Exit ExitWriter::rowOf(const Pending& exit) const {
    const uint32_t position = lowering_.function().snapshots[exit.snapshot].bytecode;
    if (lowering_.function().inlinedAt(position) != nullptr) {
        PYJION_CHECK(exit.place == Place::Before || exit.place == Place::Unwound,
                     "inlined code is left behind the instruction at {}", position);
        return rowOfInlined(exit, position);
    }
    deopt::Exit row;
    row.reason = exit.reason;
    row.mode = modeOf(exit.place);
    row.nextIndex = indexBehind(exit);
    row.resumeIndex = position;
    row.runningIndex = exit.running;
    row.startIndex = lowering_.input_.bounds[exit.running].start;
    row.jumpsAhead = exit.isAhead ? 1 : 0;
    row.pushesResult = exit.place == Place::Raised;
    row.spreadResults = exit.spread;
    if (exit.place == Place::Jumped) {
        row.jump = lowering_.input_.bounds[exit.running].jump;
    }
    if (const python::ExceptionEntry* handler = handlerOf(exit)) {
        row.handler = *handler;
    }
    return row;
}

/// The function's own frame stands at its call, and goes on behind it with what that gives.
deopt::Exit ExitWriter::rowOfInlined(const Pending& exit, uint32_t position) const {
    const hir::Function& function = lowering_.function();
    deopt::Exit row;
    row.reason = exit.reason;
    row.mode = deopt::ResumeMode::Raised;
    row.standsAtCall = exit.place == Place::Unwound;
    uint32_t running = position;
    uint32_t next = position - function.inlinedAt(position)->firstUnit;
    if (row.standsAtCall) {
        running = exit.running;
        next = lowering_.input_.bounds[running].next;
    }
    for (const hir::InlinedCall* call = function.inlinedAt(position); call != nullptr;
         call = function.inlinedAt(running)) {
        row.inlined.insert(row.inlined.begin(),
                           {call->stackDepth, call->localCount, running - call->firstUnit, next, call->end, call->op});
        running = call->callUnit;
        next = lowering_.input_.bounds[running].next;
    }
    row.runningIndex = running;
    const InstructionBounds& bounds = lowering_.input_.bounds[running];
    row.resumeIndex = bounds.start;
    row.startIndex = bounds.start;
    row.nextIndex = bounds.next;
    if (bounds.handler != nullptr) {
        row.handler = *bounds.handler;
    }
    return row;
}

void ExitWriter::writeExit(const Pending& exit, cil::LabelId common, cil::LocalId number) {
    const hir::Snapshot& snapshot = lowering_.function().snapshots[exit.snapshot];
    deopt::Exit row = rowOf(exit);
    std::vector<hir::ValueId> words;
    for (uint32_t local = 0; local < snapshot.locals.size(); ++local) {
        if (snapshot.locals[local].valid()) {
            row.locals.push_back({slotNumber(local), recipe(snapshot.locals[local], words)});
        }
    }
    for (hir::ValueId value : snapshot.stack) {
        row.stack.push_back(recipe(value, words));
    }

    cil::Builder& cil = lowering_.cil_;
    cil.bind(exit.label);
    const size_t shared = words.size() / kChunk * kChunk;
    storeWords(shared, {words.begin() + static_cast<ptrdiff_t>(shared), words.end()});
    deopt::ExitTable& table = lowering_.result_.exits;
    row.wordCount = static_cast<uint32_t>(words.size());
    table.bufferWords = std::max(table.bufferWords, row.wordCount);
    cil.ldcI4(static_cast<int32_t>(table.exits.size()));
    cil.stloc(number);
    cil.branch(Opcode::Br, chunkFor(words, shared, common));
    table.exits.push_back(std::move(row));
}

/// The block that stores the first `count` words of an exit, and then goes to the common block.
cil::LabelId ExitWriter::chunkFor(const std::vector<hir::ValueId>& words, size_t count, cil::LabelId common) {
    cil::LabelId next = common;
    for (size_t first = 0; first < count; first += kChunk) {
        const auto begin = words.begin() + static_cast<ptrdiff_t>(first);
        const std::vector<hir::ValueId> chunk(begin, begin + kChunk);
        auto [found, isNew] = knownChunks_.try_emplace({next, chunk});
        if (isNew) {
            found->second = lowering_.cil_.newLabel();
            chunks_.push_back({found->second, next, first, chunk});
        }
        next = found->second;
    }
    return next;
}

/// Stores words of an exit, `first` being the index of the first one in the buffer.
void ExitWriter::storeWords(size_t first, const std::vector<hir::ValueId>& words) {
    cil::Builder& cil = lowering_.cil_;
    if (words.size() > 1 && !buffer_.valid()) {
        buffer_ = cil.newLocal(Type::NativeInt, "exit buffer");
    }
    for (size_t i = 0; i < words.size(); ++i) {
        if (i == 0) {
            lowering_.pushPool({PoolKind::ExitBuffer}, "exit buffer");
        }
        if (i == 0 && words.size() > 1) {
            cil.stloc(buffer_);
        }
        if (words.size() > 1) {
            cil.ldloc(buffer_);
        }
        if (first + i != 0) {
            cil.ldcI4(static_cast<int32_t>(8 * (first + i)));
            cil.emit(Opcode::Add);
        }
        storeWord(words[i]);
    }
}

/// The address is on the stack.
void ExitWriter::storeWord(hir::ValueId value) {
    cil::Builder& cil = lowering_.cil_;
    lowering_.push(value);
    switch (Lowering::cilType(lowering_.value(value).type)) {
        case Type::Double:
            cil.emit(Opcode::StindR8);
            break;
        case Type::Int64:
            cil.emit(Opcode::StindI8);
            break;
        case Type::Int32:
            cil.emit(Opcode::ConvI8);
            cil.emit(Opcode::StindI8);
            break;
        case Type::NativeInt:
        case Type::Void:
            cil.emit(Opcode::StindI);
            break;
    }
}

uint16_t ExitWriter::word(hir::ValueId value, std::vector<hir::ValueId>& words) {
    auto found = std::find(words.begin(), words.end(), value);
    if (found == words.end()) {
        found = words.insert(words.end(), value);
    }
    return static_cast<uint16_t>(found - words.begin());
}

/// See deopt::LocalRecipe.
uint16_t ExitWriter::slotNumber(uint32_t local) const {
    const hir::Function& function = lowering_.function();
    return static_cast<uint16_t>(function.isName(local) ? function.frameLocals() + function.nameOf(local).name : local);
}

/// BoxIntIf and the like: operands `written`, `input`, `same`, `other`.
deopt::SlotRecipe ExitWriter::conditional(deopt::SlotKind kind, const hir::Instr& box,
                                          std::vector<hir::ValueId>& words) {
    const uint16_t local = slotNumber(static_cast<uint32_t>(box.immediates[0].integer));
    const std::optional<bool> written = hir::constantBool(lowering_.function(), box.operands[0]);
    const std::optional<bool> same = hir::constantBool(lowering_.function(), box.operands[2]);
    deopt::SlotRecipe recipe{kind, {}};
    recipe.local = local;
    if (written == false) {
        recipe.kind = deopt::SlotKind::InSlot;
        return recipe;
    }
    recipe.words[0] = word(box.operands[same == true ? 3 : 1], words);
    if (!written) {
        recipe.condition = word(box.operands[0], words);
    }
    if (!same) {
        recipe.same = word(box.operands[2], words);
        recipe.words[1] = word(box.operands[3], words);
    }
    return recipe;
}

/// What only exits make or find.
deopt::SlotRecipe ExitWriter::sunk(const hir::Instr& instr, std::vector<hir::ValueId>& words) {
    using Kind = deopt::SlotKind;
    switch (instr.opcode) {
        case hir::Opcode::BoxInt:
            return {Kind::Int, {word(instr.operands[0], words)}};
        case hir::Opcode::BoxDouble:
            return {Kind::Double, {word(instr.operands[0], words)}};
        case hir::Opcode::BoxBool:
            return {Kind::Bool, {word(instr.operands[0], words)}};
        case hir::Opcode::BoxNumber: {
            const uint16_t number = word(instr.operands[0], words);
            return {Kind::Number, {number, word(instr.operands[1], words)}};
        }
        case hir::Opcode::BoxIntIf:
            return conditional(Kind::Int, instr, words);
        case hir::Opcode::BoxDoubleIf:
            return conditional(Kind::Double, instr, words);
        case hir::Opcode::BoxBoolIf:
            return conditional(Kind::Bool, instr, words);
        case hir::Opcode::LocalInt:
        case hir::Opcode::LocalDouble:
        case hir::Opcode::LocalBool: {
            deopt::SlotRecipe recipe{Kind::InSlot, {}};
            recipe.local = slotNumber(static_cast<uint32_t>(instr.immediates[0].integer));
            return recipe;
        }
        case hir::Opcode::OwnFunction:
            return {Kind::Function, {}};
        case hir::Opcode::MakeRangeIter:
            return {Kind::RangeIter,
                    {word(instr.operands[0], words), word(instr.operands[1], words), word(instr.operands[2], words)}};
        default:
            PYJION_CHECK(false, "{} is sinkable, but exits cannot make it", hir::info(instr.opcode).name);
    }
    return {};
}

deopt::SlotRecipe ExitWriter::recipe(hir::ValueId id, std::vector<hir::ValueId>& words) {
    const hir::Value& value = lowering_.value(id);
    using Kind = deopt::SlotKind;
    if (value.type == hir::kNull) {
        return {Kind::Null, {}};
    }
    if (value.type == hir::kInt64) {
        return {Kind::Int, {word(id, words)}};
    }
    if (value.type == hir::kDouble) {
        return {Kind::Double, {word(id, words)}};
    }
    if (value.type == hir::kBool) {
        return {Kind::Bool, {word(id, words)}};
    }
    if (lowering_.isSunk(id)) {
        return sunk(*lowering_.definition(id), words);
    }
    return {value.ownership == hir::Ownership::Owned ? Kind::Owned : Kind::Borrowed, {word(id, words)}};
}

}  // namespace pyjion::lower
