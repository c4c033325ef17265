// SPDX-License-Identifier: MIT
#include "analysis/uses.h"

#include "hir/generated/opcode.h"

namespace pyjion::analysis {

using hir::Function;
using hir::InstrId;
using hir::SnapshotId;
using hir::ValueId;

std::vector<ValueId> valuesOf(const Function& function, SnapshotId snapshot) {
    std::vector<ValueId> result;
    hir::forEachListed(function, snapshot, [&result](ValueId value) { result.push_back(value); });
    return result;
}

std::vector<ValueId> operandsAndArguments(const Function& function, InstrId instr) {
    const hir::Instr& data = function.instrs[instr];
    std::vector<ValueId> result = data.operands;
    for (const hir::Target& target : data.targets) {
        result.insert(result.end(), target.arguments.begin(), target.arguments.end());
    }
    return result;
}

UseCounts::UseCounts(const Function& function)
    : byCode(function.values.size()), bySnapshots(function.values.size()), exits(function.snapshots.size()) {
    for (const hir::Block& block : function.blocks) {
        for (InstrId id : block.instrs) {
            const hir::Instr& instr = function.instrs[id];
            for (ValueId value : operandsAndArguments(function, id)) {
                ++byCode[value.index()];
            }
            if (instr.opcode != hir::Opcode::Snapshot) {
                if (instr.snapshot.valid()) {
                    ++exits[instr.snapshot.index()];
                }
                continue;
            }
            const hir::Snapshot& state = function.snapshots[instr.snapshot];
            for (const std::vector<ValueId>* list : {&state.locals, &state.stack}) {
                for (ValueId value : *list) {
                    if (value.valid()) {
                        ++bySnapshots[value.index()];
                    }
                }
            }
            if (state.parent.valid()) {
                ++exits[state.parent.index()];
            }
        }
    }
}

std::vector<std::vector<InstrId>> usersOf(const Function& function) {
    std::vector<std::vector<InstrId>> users(function.values.size());
    for (const hir::Block& block : function.blocks) {
        for (InstrId id : block.instrs) {
            for (ValueId value : operandsAndArguments(function, id)) {
                std::vector<InstrId>& list = users[value.index()];
                if (list.empty() || list.back() != id) {
                    list.push_back(id);
                }
            }
        }
    }
    return users;
}

}  // namespace pyjion::analysis
