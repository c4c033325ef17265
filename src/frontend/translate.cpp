// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "base/check.h"
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

namespace {

/// Each instruction can leave with what is on the value stack, so that a call with thousands of computed arguments
/// would become code without end: the sum of the stack depths of all instructions is limited.
constexpr uint64_t kMostHeld = 500'000;

}  // namespace

Translation::Translation(const Input& input)
    : input_(input), code_(*input.code), build_(function_), sites_(numberSites(*input.code)) {
    function_.name = input.name;
    function_.names = input.names;
    function_.localCount = input.localCount + static_cast<uint32_t>(input.names.size());
    function_.stackSize = input.stackSize;
    function_.entryBytecode = static_cast<uint32_t>(input.entryIndex);
    function_.entryTypes = input.entryTypes;
}

base::Result<hir::Function, Refusal> Translation::run() {
    if (std::optional<Refusal> refusal = refuse()) {
        return base::fail(*refusal);
    }
    hir::BlockId start = enter();
    while (!pending_.empty()) {
        Copy copy = pending_.back();
        pending_.pop_back();
        translateBlock(copy);
    }
    if (start.valid()) {
        enterAt(start);
    }
    return std::move(function_);
}

/// Everything that can be reached must be supported: there are no partly compiled functions.
std::optional<Refusal> Translation::refuse() const {
    // inspect.CO_GENERATOR, CO_COROUTINE, CO_ITERABLE_COROUTINE, CO_ASYNC_GENERATOR
    constexpr uint32_t kResumable = 0x20 | 0x80 | 0x100 | 0x200;
    if (!input_.resumePoints && input_.entryIndex == 0 && (input_.codeFlags & kResumable) != 0) {
        return Refusal{"generators and coroutines have quick code, and full code of their loops alone",
                       code_.instructions.front().line};
    }
    if (!input_.resumePoints && !code_.reducible) {
        return Refusal{"the control flow has a loop with more than one entry", code_.instructions.front().line};
    }
    uint64_t held = 0;
    for (const Instruction& instruction : code_.instructions) {
        if (instruction.depth == bytecode::kNone) {
            continue;
        }
        held += static_cast<uint64_t>(instruction.depth);
        if (held > kMostHeld) {
            return Refusal{"too many values wait on the value stack", instruction.line};
        }
        if (handlerFor(instruction.opcode) == nullptr) {
            return Refusal{fmt::format("the instruction {} is not compiled", bytecode::nameOf(instruction.opcode)),
                           instruction.line};
        }
    }
    return std::nullopt;
}

/// At a function's start the value stack is empty; elsewhere it is in the frame, and the loops around that are
/// remembered: each is entered anew only through its own header. Code with resume points has an entry block of its own,
/// which is ended when they are known; the result is the block that goes on as a call does, else none.
hir::BlockId Translation::enter() {
    const Instruction* first = code_.at(input_.entryIndex);
    PYJION_CHECK(first != nullptr && first->depth != bytecode::kNone, "{} has no instruction to enter at {}",
                 input_.name, input_.entryIndex);
    function_.entry = function_.addBlock();
    build_.setBlock(function_.entry);
    build_.setBytecode(static_cast<uint32_t>(first->index));
    for (int32_t depth = 0; depth < first->depth; ++depth) {
        size_t k = static_cast<size_t>(depth);
        hir::Type seen = k < input_.entryStackTypes.size() ? input_.entryStackTypes[k] : hir::kBottom;
        push(build_.entryStack(static_cast<uint32_t>(depth), seen));
        // A call that waits for its arguments contains no loop, but for `await`.
        function_.values[stack_.back()].type = input_.suspends ? hir::kObject | hir::kNull : hir::kObject;
    }
    if (input_.entryIndex != 0) {
        for (int32_t loop = code_.blocks[first->block].loop; loop != bytecode::kNone; loop = code_.loops[loop].parent) {
            entryLoops_.insert(entryLoops_.begin(), loop);
        }
        phase_ = static_cast<uint32_t>(entryLoops_.size()) + (input_.suspends || input_.handles ? 1 : 0);
    }
    if (input_.suspends) {
        leaveWithoutValues(first->start);
    }
    if (input_.resumePoints) {
        const hir::BlockId start = function_.addBlock();
        build_.setBlock(start);
        jumpTo(first->start);
        return start;
    }
    const hir::SnapshotId state = snapshotAt(first->start);
    if (input_.namesAreGlobal) {
        build_.guardGlobalNames(state);
    }
    hir::BlockId header = blockFor({phase_, first->block});
    build_.jump(header, stack_);
    return {};
}

/// An empty half of a call's pair may wait on the stack of a generator that goes on: that is left to the interpreter.
void Translation::leaveWithoutValues(int32_t unit) {
    function_.values[stack_.back()].type = hir::kObject;  // what was sent
    for (size_t depth = 0; depth + 1 < stack_.size(); ++depth) {
        hir::ValueId& value = stack_[depth];
        const hir::ValueId isNull = build_.isNull(value);
        const hir::BlockId source = build_.block();
        const hir::BlockId without = function_.addBlock();
        build_.setBlock(without);
        build_.deoptimise(hir::ExitReason::Uncommon, snapshotAt(unit));
        const hir::BlockId with = function_.addBlock();
        build_.setBlock(source);
        build_.branch(isNull, {without, {}}, {with, {}});
        build_.setBlock(with);
        value = build_.assumeNotNull(value);
    }
}

void Translation::translateBlock(Copy copy) {
    const bytecode::Block& block = code_.blocks[copy.block];
    hir::BlockId id = copies_.at(copy);
    phase_ = copy.phase;
    stack_ = function_.blocks[id].params;
    build_.setBlock(id);
    if (block.neverRun) {
        const Instruction& first = code_.instructions[block.first];
        build_.setBytecode(static_cast<uint32_t>(first.index));
        build_.deoptimise(hir::ExitReason::NeverRun, snapshotAt(first.start));
        return;
    }
    ended_ = false;
    for (ordinal_ = block.first; ordinal_ <= block.last && !ended_; ++ordinal_) {
        translateInstruction(code_.instructions[ordinal_]);
    }
    if (!ended_) {
        const Instruction& last = code_.instructions[block.last];
        build_.setBytecode(static_cast<uint32_t>(last.index));
        jumpTo(last.next);
    }
}

void Translation::translateInstruction(const Instruction& instruction) {
    build_.setBytecode(static_cast<uint32_t>(instruction.index));
    hir::SnapshotId here = snapshotHere();
    if (input_.forcedExits && instruction.isResumePoint) {
        build_.forcedExit(here);
    }
    addHandlerOf(instruction);
    handlerFor(instruction.opcode)(*this, instruction);
}

base::Result<hir::Function, Refusal> build(const Input& input) {
    return Translation(input).run();
}

}  // namespace pyjion::frontend
