// SPDX-License-Identifier: MIT
#include "passes/bound_guards.h"

#include <utility>
#include <vector>

#include "hir/generated/opcode.h"
#include "passes/block_params.h"
#include "passes/narrow_types.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;

namespace {

/// True when there was one to remove.
bool dropBoundGuards(Function& function) {
    ValueMap map(function);
    for (BlockId block : function.reversePostorder()) {
        std::vector<InstrId> instrs = std::move(function.blocks[block].instrs);
        function.blocks[block].instrs.clear();
        for (InstrId id : instrs) {
            hir::Instr& instr = function.instrs[id];
            if (instr.opcode == Opcode::GuardBound &&
                !function.values[map.resolve(instr.operands[0])].type.mayBe(hir::kNull)) {
                map.replace(instr.result, map.resolve(instr.operands[0]));
                instr.block = {};
                continue;
            }
            function.append(block, id);
        }
    }
    map.apply(function);
    return !map.empty();
}

}  // namespace

void tidySlotValues(Function& function) {
    bool again = true;
    while (again) {
        removeRedundantParams(function);
        narrowTypes(function);
        again = dropBoundGuards(function);
    }
}

}  // namespace pyjion::passes
