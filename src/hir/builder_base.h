// SPDX-License-Identifier: MIT
// The part of hir::Builder that is the same for every instruction: where the next one goes, and making it together with
// its result. The methods, one per instruction, are generated (generated/builder.h).
#pragma once

#include <vector>

#include "hir/function.h"
#include "hir/generated/opcode.h"
#include "hir/instruction.h"

namespace pyjion::hir {

class BuilderBase {
  public:
    explicit BuilderBase(Function& function) : function_(function) {}

    Function& function() { return function_; }

    /// New instructions go to the end of a block.
    void setBlock(BlockId block);
    /// New instructions go in front of another one.
    void setInsertBefore(InstrId position);
    /// The bytecode from which new instructions come.
    void setBytecode(uint32_t bytecode) { bytecode_ = bytecode; }

    BlockId block() const { return block_; }
    uint32_t bytecode() const { return bytecode_; }
    /// The instruction made last.
    InstrId last() const { return last_; }

    /// Makes and places an instruction of any opcode; operands and immediates in the row's order.
    ValueId emit(Opcode opcode, std::vector<ValueId> operands, std::vector<Immediate> immediates = {},
                 SnapshotId exit = {}, std::vector<Target> targets = {});

  protected:
    SnapshotId emitSnapshot(Snapshot snapshot);

  private:
    void place(InstrId instr);

    Function& function_;
    BlockId block_;
    InstrId position_;
    InstrId last_;
    uint32_t bytecode_ = 0;
};

}  // namespace pyjion::hir
