// SPDX-License-Identifier: MIT
// Blocks of HIR for basic blocks of bytecode, and the edges between them.
#include <algorithm>
#include <utility>

#include "frontend/translation.h"

namespace pyjion::frontend {

namespace {

/// What a block takes as a parameter: an object, nothing (the empty half of a call's pair), or either.
hir::Type slotType(hir::Type type) {
    if (type == hir::kNull) {
        return hir::kNull;
    }
    return type.mayBe(hir::kNull) ? hir::kObject | hir::kNull : hir::kObject;
}

bool isLoopHeader(const bytecode::Code& code, uint32_t block) {
    const int32_t loop = code.blocks[block].loop;
    return loop != bytecode::kNone && code.loops[static_cast<size_t>(loop)].header == block;
}

}  // namespace

/// On-stack replacement enters in the middle of a nest of loops. A side entry into an inner loop would keep RyuJIT from
/// optimising any loop around it, so the rest of the running iterations is a copy of its own: code reached from the
/// entry is in phase n (the number of loops around the entry); going back to the header of the k-th loop leads to phase
/// k, where that loop is whole. A generator goes on in the middle of a loop, and so does an activation at a handler: it
/// is in phase n + 1 until it has reached the header of the innermost one.
uint32_t Translation::phaseFor(uint32_t block) const {
    for (uint32_t k = 0; k < entryLoops_.size(); ++k) {
        if (code_.loops[entryLoops_[k]].header == block && k + 1 < phase_) {
            return k + 1;
        }
    }
    return phase_;
}

/// Blocks take the value stack as parameters.
hir::BlockId Translation::blockFor(Copy copy) {
    auto [found, isNew] = copies_.try_emplace(copy);
    if (isNew) {
        found->second = function_.addBlock();
        std::vector<hir::Type> types;
        for (hir::ValueId value : stack_) {
            types.push_back(slotType(typeOf(value)));
            function_.addParam(found->second, types.back(), hir::Ownership::Owned);
        }
        pending_.push_back(copy);
        const hir::BlockId block = found->second;
        const int32_t unit = code_.instructions[code_.blocks[copy.block].first].start;
        const std::vector<int32_t>& more = input_.moreResumePoints;
        if (isLoopHeader(code_, copy.block) || std::find(more.begin(), more.end(), unit) != more.end()) {
            addResumePoint(unit, types);
        }
        return block;
    }
    return found->second;
}

/// A block that takes the value stack out of the frame and goes on at `unit`. The types say which slots may be empty.
void Translation::addResumePoint(int32_t unit, const std::vector<hir::Type>& stack) {
    // The driver's table of resume points has 16 bits for a number.
    if (!input_.resumePoints || resumePoints_.size() >= UINT16_MAX || resumePoints_.contains(unit)) {
        return;
    }
    const hir::BlockId source = build_.block();
    const uint32_t bytecode = build_.bytecode();
    const bool ended = ended_;
    std::vector<hir::ValueId> outer = std::exchange(stack_, {});
    const hir::BlockId block = function_.addBlock();
    resumePoints_.emplace(unit, block);
    build_.setBlock(block);
    build_.setBytecode(static_cast<uint32_t>(code_.at(unit)->index));
    for (uint32_t depth = 0; depth < stack.size(); ++depth) {
        const hir::Type type = slotType(stack[depth]);
        if (type == hir::kNull) {
            push(build_.null());
            continue;
        }
        const hir::ValueId value = build_.entryStack(depth, hir::kBottom);
        function_.values[value].type = type;
        push(value);
    }
    jumpTo(unit);
    stack_ = std::move(outer);
    ended_ = ended;
    build_.setBlock(source);
    build_.setBytecode(bytecode);
}

/// Where the instruction's exceptions are handled, code is entered anew, with what the handler keeps of the stack, the
/// index of the instruction if the handler asks for it, and the exception.
void Translation::addHandlerOf(const bytecode::Instruction& instruction) {
    const python::ExceptionEntry* handler = code_.handlerFor(instruction.index);
    if (handler == nullptr || resumePoints_.contains(handler->target)) {
        return;
    }
    std::vector<hir::Type> types;
    for (int32_t depth = 0; depth < handler->depth; ++depth) {
        types.push_back(typeOf(stack_[static_cast<size_t>(depth)]));
    }
    types.resize(types.size() + (handler->pushesIndex ? 2 : 1), hir::kObject);
    addResumePoint(handler->target, types);
}

void Translation::enterAt(hir::BlockId start) {
    build_.setBlock(function_.entry);
    build_.setBytecode(static_cast<uint32_t>(code_.at(input_.entryIndex)->index));
    if (resumePoints_.empty()) {
        build_.jump(start);
        return;
    }
    std::vector<hir::Target> targets{{start, {}}};
    for (const auto& [unit, block] : resumePoints_) {
        targets.push_back({block, {}});
        function_.resumePoints.push_back(static_cast<uint32_t>(unit));
    }
    build_.resumeSwitch(std::move(targets));
}

hir::Target Translation::targetAt(int32_t unit) {
    uint32_t block = code_.at(unit)->block;
    return {blockFor({phaseFor(block), block}), stack_};
}

void Translation::jumpTo(int32_t unit) {
    snapshotAt(unit);
    hir::Target target = targetAt(unit);
    build_.jump(target.block, target.arguments);
    ended_ = true;
}

/// The interpreter looks at its eval breaker at every jump backwards.
void Translation::checkBackEdge(int32_t unit) {
    hir::SnapshotId header = snapshotAt(unit);
    if (input_.countLoops) {
        uint32_t block = code_.at(unit)->block;
        for (uint32_t loop = 0; loop < code_.loops.size(); ++loop) {
            if (code_.loops[loop].header == block) {
                build_.countLoop(loop, header);
            }
        }
    }
    build_.checkPending(header);
}

hir::Target Translation::backwardTarget(int32_t unit) {
    hir::BlockId source = build_.block();
    hir::BlockId edge = function_.addBlock();
    build_.setBlock(edge);
    checkBackEdge(unit);
    snapshotAt(unit);
    hir::Target target = targetAt(unit);
    build_.jump(target.block, target.arguments);
    build_.setBlock(source);
    return {edge, {}};
}

}  // namespace pyjion::frontend
