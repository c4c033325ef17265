// SPDX-License-Identifier: MIT
// Blocks of HIR for basic blocks of bytecode, and the edges between them.
#include "frontend/translation.h"

namespace pyjion::frontend {

/// On-stack replacement enters in the middle of a nest of loops. A side entry into an inner loop would keep RyuJIT from
/// optimising any loop around it, so the rest of the running iterations is a copy of its own: code reached from the
/// entry is in phase n (the number of loops around the entry); going back to the header of the k-th loop leads to phase
/// k, where that loop is whole.
uint32_t Translation::phaseFor(uint32_t block) const {
    for (uint32_t k = 0; k < entryLoops_.size(); ++k) {
        if (code_.loops[entryLoops_[k]].header == block && k + 1 < phase_) {
            return k + 1;
        }
    }
    return phase_;
}

/// Blocks take the value stack as parameters: owned objects, and nothing (the empty half of a call's pair) as
/// nothing, or as perhaps nothing where LOAD_METHOD decides.
hir::BlockId Translation::blockFor(Copy copy) {
    auto [found, isNew] = copies_.try_emplace(copy);
    if (isNew) {
        found->second = function_.addBlock();
        for (hir::ValueId value : stack_) {
            hir::Type type = hir::kObject;
            if (typeOf(value).mayBe(hir::kNull)) {
                type = typeOf(value) == hir::kNull ? hir::kNull : hir::kObject | hir::kNull;
            }
            function_.addParam(found->second, type, hir::Ownership::Owned);
        }
        pending_.push_back(copy);
    }
    return found->second;
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
