// SPDX-License-Identifier: MIT
// What a call enters, as far as its callable comes from an instruction of which the facts know.
#pragma once

#include <vector>

#include "hir/function.h"
#include "hir/generated/builder.h"
#include "passes/before_state.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// The instruction that a callable comes from, behind copies; null when there is none.
const hir::Instr* originOf(const hir::Function& function, hir::ValueId callable);

/// The Python function that a callable is most likely to be, as nothing guards that; null when nothing is known.
const CalleeFact* calleeBehind(const hir::Function& function, const CodeFacts& facts, hir::ValueId callable);

/// The class that a callable is most likely to be; null when nothing is known.
const ClassFact* classBehind(const hir::Function& function, const CodeFacts& facts, hir::ValueId callable);

/// Calls a function with just the arguments that the code takes, and lets `state` know. `seen`: the types of results
/// that were seen. The result is an object.
hir::ValueId callKnown(hir::Builder& builder, BeforeState& state, const CodeFacts& facts, hir::ValueId function,
                       const CalleeFact& callee, std::vector<hir::ValueId> arguments, hir::Type seen,
                       hir::SnapshotId raised);

}  // namespace pyjion::passes
