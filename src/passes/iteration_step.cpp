// SPDX-License-Identifier: MIT
#include "passes/iteration_step.h"

#include "hir/generated/opcode.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::Opcode;

std::optional<IterationStep> iterationStepAt(const hir::Function& function,
                                             const std::vector<std::vector<InstrId>>& users, InstrId iterNext) {
    IterationStep step;
    step.iterNext = iterNext;
    size_t taken = 0;
    for (InstrId user : users[function.instrs[iterNext].result.index()]) {
        const Opcode opcode = function.instrs[user].opcode;
        if (opcode == Opcode::IsNull && !step.isNull.valid()) {
            step.isNull = user;
        } else if (opcode == Opcode::AssumeNotNull) {
            step.taken = ++taken == 1 ? user : InstrId();
        } else {
            return std::nullopt;
        }
    }
    if (!step.isNull.valid()) {
        return std::nullopt;
    }
    const hir::ValueId test = function.instrs[step.isNull].result;
    step.branch = function.terminator(function.instrs[iterNext].block);
    const hir::Instr& branch = function.instrs[step.branch];
    if (users[test.index()].size() != 1 || users[test.index()][0] != step.branch || branch.opcode != Opcode::Branch ||
        branch.operands[0] != test) {
        return std::nullopt;
    }
    step.body = branch.targets[1].block;
    return step;
}

}  // namespace pyjion::passes
