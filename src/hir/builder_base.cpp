// SPDX-License-Identifier: MIT
#include "hir/builder_base.h"

#include <utility>

#include "base/check.h"

namespace pyjion::hir {

void BuilderBase::setBlock(BlockId block) {
    block_ = block;
    position_ = {};
}

void BuilderBase::setInsertBefore(InstrId position) {
    block_ = function_.instrs[position].block;
    position_ = position;
}

void BuilderBase::place(InstrId instr) {
    if (position_.valid()) {
        function_.insertBefore(position_, instr);
    } else {
        PYJION_CHECK(block_.valid(), "the builder has no block");
        function_.append(block_, instr);
    }
    last_ = instr;
}

ValueId BuilderBase::emit(Opcode opcode, std::vector<ValueId> operands, std::vector<Immediate> immediates,
                          SnapshotId exit, std::vector<Target> targets) {
    Instr instr;
    instr.opcode = opcode;
    instr.operands = std::move(operands);
    instr.immediates = std::move(immediates);
    instr.snapshot = exit;
    instr.targets = std::move(targets);
    instr.bytecode = bytecode_;
    const OpInfo& row = info(opcode);
    Type type = resultTypeByRule(function_, instr);
    InstrId id = function_.addInstr(std::move(instr));
    place(id);
    return row.hasResult() ? function_.addResult(id, type, row.resultOwnership) : ValueId();
}

SnapshotId BuilderBase::emitSnapshot(Snapshot snapshot) {
    Instr instr;
    instr.opcode = Opcode::Snapshot;
    instr.bytecode = bytecode_;
    InstrId id = function_.addInstr(std::move(instr));
    snapshot.owner = id;
    SnapshotId state = function_.addSnapshot(std::move(snapshot));
    function_.instrs[id].snapshot = state;
    place(id);
    return state;
}

}  // namespace pyjion::hir
