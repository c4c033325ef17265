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

SnapshotId BeforeState::before(const hir::Instr& instr) const {
    for (SnapshotId id : snapshots_) {
        const hir::Snapshot& state = function_.snapshots[id];
        if (function_.instrs[state.owner].bytecode != instr.bytecode) {
            continue;
        }
        // The function of an operator was found by compiled code, and is on no stack.
        const size_t count = instr.operands.size() - (instr.opcode == hir::Opcode::CallOperator ? 1 : 0);
        // The first snapshot of a bytecode is the one at its start; later ones are for exits in the middle.
        bool fits = state.stack.size() >= count &&
                    std::equal(instr.operands.rbegin(), instr.operands.rbegin() + static_cast<ptrdiff_t>(count),
                               state.stack.rbegin());
        return fits ? id : SnapshotId();
    }
    return {};
}

}  // namespace pyjion::passes
