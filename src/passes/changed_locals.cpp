// SPDX-License-Identifier: MIT
#include "passes/changed_locals.h"

#include <algorithm>

#include "hir/generated/views.h"

namespace pyjion::passes {

std::vector<bool> changedLocals(const hir::Function& function, const std::vector<hir::BlockId>& order) {
    std::vector<bool> changed(function.localCount);
    for (hir::BlockId block : order) {
        for (hir::InstrId id : function.blocks[block].instrs) {
            if (function.instrs[id].opcode == hir::Opcode::ChangeLocal) {
                changed[hir::ChangeLocal(function, id).local()] = true;
            } else if (function.instrs[id].opcode == hir::Opcode::LoadBoundLocal) {
                changed[hir::LoadBoundLocal(function, id).local()] = true;
            } else if (function.instrs[id].opcode == hir::Opcode::Perform &&
                       hir::Perform(function, id).operation() == hir::Operation::CopyFreeVars) {
                // Free variables are the last of the frame's locals.
                auto count = static_cast<ptrdiff_t>(hir::Perform(function, id).argument());
                const auto end = changed.begin() + static_cast<ptrdiff_t>(function.frameLocals());
                std::fill(end - count, end, true);
            }
        }
    }
    return changed;
}

}  // namespace pyjion::passes
