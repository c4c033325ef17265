// SPDX-License-Identifier: MIT
// Global names are looked up without running Python code, as they always are but where a name is not there. Input:
// LoadGlobal, which could run any. Output: QuietGlobal, which leaves in front of that: what is known of objects and
// their classes stays known behind it, and locals need not be in their slots.
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;

Changed quiet_names(hir::Function& function, PassContext& context) {
    if (!function.names.empty()) {
        return Changed::kNo;  // their dict is not as Python sees it
    }
    hir::Builder builder(function);
    BeforeState state(function);
    ValueMap map(function);
    for (hir::BlockId block : function.reversePostorder()) {
        state.enterBlock();
        const std::vector<InstrId> instrs = function.blocks[block].instrs;
        for (InstrId id : instrs) {
            const hir::Instr instr = function.instrs[id];
            const SnapshotId exit = instr.opcode == Opcode::LoadGlobal ? state.before(instr) : SnapshotId();
            const bool isQuiet =
                exit.valid() && !context.facts.loudNames.contains(hir::LoadGlobal(function, id).site());
            if (!isQuiet || !context.fuel.take()) {
                state.pass(id);
                continue;
            }
            const hir::LoadGlobal load(function, id);
            builder.setInsertBefore(id);
            builder.setBytecode(instr.bytecode);
            map.replace(load.result(), builder.quietGlobal(load.name(), load.site(), exit));
            function.remove(id);
        }
    }
    const bool changed = !map.empty();
    map.apply(function);
    return changed ? Changed::kYes : Changed::kNo;
}

}  // namespace pyjion::passes
