// SPDX-License-Identifier: MIT
#include "passes/inlinee.h"

#include <algorithm>
#include <string_view>

#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/frameless.h"
#include "passes/pass_scope.h"
#include "passes/quiet_body.h"

namespace pyjion::passes {

namespace {

/// As far as they are of use for code without loops.
constexpr PassId kPasses[] = {
    PassId::redundant_params,      PassId::fuse_slices,    PassId::specialise_operations, PassId::specialise_accesses,
    PassId::specialise_operations, PassId::bind_arguments, PassId::inline_calls,          PassId::simplify,
};

bool isCallWithNames(const hir::Instr& instr) {
    return instr.opcode == hir::Opcode::Operate &&
           instr.immediates[0].integer == static_cast<int64_t>(hir::Operation::CallWithNames);
}

void renumber(hir::Function& function, const Numbering& numbering) {
    for (hir::Instr& instr : function.instrs) {
        const hir::OpInfo& row = hir::info(instr.opcode);
        for (size_t i = 0; i < instr.immediates.size(); ++i) {
            const std::string_view name = row.immediates[i].name;
            if (name == "site") {
                instr.immediates[i].integer += numbering.firstSite;
            } else if (name == "constant") {
                instr.immediates[i].integer += numbering.firstConstant;
            } else if (name == "argument" && isCallWithNames(instr)) {
                instr.immediates[i].integer += numbering.firstConstant;
            }
        }
    }
}

}  // namespace

std::optional<std::string> makeInlinee(hir::Function& function, const Numbering& numbering, PassContext& context,
                                       std::optional<uint32_t> self) {
    runPass(PassId::super_methods, function, context);
    if (!makeFrameless(function, context.facts.argumentCount)) {
        return "it has a loop";
    }
    renumber(function, numbering);
    runPasses(kPasses, function, context);
    if (std::optional<std::string> operation = makeQuiet(function, self)) {
        return operation;
    }
    runPass(PassId::simplify, function, context);
    return std::nullopt;
}

bool readsNames(const hir::Function& body) {
    return std::any_of(body.instrs.begin(), body.instrs.end(), [](const hir::Instr& instr) {
        return instr.block.valid() &&
               (instr.opcode == hir::Opcode::GuardGlobal || instr.opcode == hir::Opcode::QuietGlobal);
    });
}

bool returnsNone(const hir::Function& body) {
    return std::all_of(body.instrs.begin(), body.instrs.end(), [&](const hir::Instr& instr) {
        return !instr.block.valid() || instr.opcode != hir::Opcode::InlinedReturn ||
               body.values[instr.operands[0]].type == hir::kNoneExact;
    });
}

}  // namespace pyjion::passes
