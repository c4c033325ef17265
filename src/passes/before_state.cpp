// SPDX-License-Identifier: MIT
#include "passes/before_state.h"

#include <algorithm>

#include "hir/generated/opcode.h"
#include "hir/instruction.h"

namespace pyjion::passes {

using hir::SnapshotId;

void BeforeState::pass(hir::InstrId id) {
    if (function_.instrs[id].opcode == hir::Opcode::Snapshot) {
        snapshots_.push_back(function_.instrs[id].snapshot);
    } else if (hir::effectsOf(function_, id).writes.overlaps(hir::kVisibleHeaps)) {
        snapshots_.clear();
    }
}

namespace {

bool endsWith(const std::vector<hir::ValueId>& stack, const std::vector<hir::ValueId>& operands, size_t count) {
    return stack.size() >= count &&
           std::equal(operands.rbegin(), operands.rbegin() + static_cast<ptrdiff_t>(count), stack.rbegin());
}

}  // namespace

SnapshotId BeforeState::before(const hir::Instr& instr) const {
    for (SnapshotId id : snapshots_) {
        const hir::Snapshot& state = function_.snapshots[id];
        if (function_.instrs[state.owner].bytecode != instr.bytecode) {
            continue;
        }
        // The function of an operator or a property was found by compiled code, and is on no stack.
        const bool isFound = instr.opcode == hir::Opcode::CallOperator || instr.opcode == hir::Opcode::CallGetter;
        const size_t count = instr.operands.size() - (isFound ? 1 : 0);
        // The first snapshot of a bytecode is the one at its start; later ones are for exits in the middle.
        return endsWith(state.stack, instr.operands, count) ? id : SnapshotId();
    }
    return {};
}

SnapshotId BeforeState::beforeNames(const hir::Instr& call) const {
    const auto found = std::find_if(snapshots_.begin(), snapshots_.end(), [&](SnapshotId id) {
        const hir::Snapshot& state = function_.snapshots[id];
        return function_.instrs[state.owner].bytecode != call.bytecode &&
               endsWith(state.stack, call.operands, call.operands.size());
    });
    return found != snapshots_.end() ? *found : SnapshotId();
}

}  // namespace pyjion::passes
