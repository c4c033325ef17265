// SPDX-License-Identifier: MIT
// What the parts of the verifier share: the function, the errors found so far, and the order of reachable blocks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hir/function.h"
#include "hir/verify_error.h"

namespace pyjion::hir {

struct VerifyContext {
    const Function& function;
    Stage stage;
    std::vector<VerifyError> errors;
    std::vector<BlockId> order;  // reachable blocks in reverse postorder

    VerifyContext(const Function& f, Stage s) : function(f), stage(s) {}

    void error(uint32_t rule, BlockId block, InstrId instr, std::string message) {
        errors.push_back({rule, block, instr, std::move(message)});
    }
    void error(uint32_t rule, InstrId instr, std::string message) {
        error(rule, function.instrs[instr].block, instr, std::move(message));
    }
};

/// Rules 1 to 7 and 13: everything that can be seen without following control flow.
void verifyStructure(VerifyContext& context);
/// Rules 6, 8 and 9: definitions and snapshots on all paths. Needs a function of sound structure.
void verifyFlow(VerifyContext& context);
/// Rules 10 to 12: references. Needs a function of sound structure.
void verifyOwnership(VerifyContext& context);
/// Rule 15: operations, and what they leave in slots. Needs a function of sound structure.
void verifyOperations(VerifyContext& context);
/// Rule 14: one number is one object. Needs a function of sound structure.
void verifyIdentity(VerifyContext& context);

}  // namespace pyjion::hir
