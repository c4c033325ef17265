// SPDX-License-Identifier: MIT
// Finds the snapshot that a new `before` exit can name: the interpreter's state at the start of an instruction's
// bytecode, with the operands on the stack, and nothing visible written since. Fed with a block's instructions in
// order.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

class BeforeState {
  public:
    explicit BeforeState(const hir::Function& function) : function_(function) {}

    void enterBlock() { snapshots_.clear(); }
    /// Takes note of an instruction that stays in the block.
    void pass(hir::InstrId instr);

    /// The state in which `instr`, which would come next, can be executed again. Invalid when there is none.
    hir::SnapshotId before(const hir::Instr& instr) const;
    /// The same for a call with named arguments, which can only be executed again from the instruction that names them.
    hir::SnapshotId beforeNames(const hir::Instr& call) const;
    /// The last snapshot that is still true; invalid when there is none.
    hir::SnapshotId latest() const { return snapshots_.empty() ? hir::SnapshotId() : snapshots_.back(); }

  private:
    const hir::Function& function_;
    std::vector<hir::SnapshotId> snapshots_;  // since the last visible effect
};

}  // namespace pyjion::passes
