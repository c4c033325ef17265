// SPDX-License-Identifier: MIT
// What simplification rules see and use. A rule looks at one instruction and either has nothing to say or builds, in
// front of it, what replaces it. Rules are grouped by topic, one file each; every list of rules is a table by opcode.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/dominators.h"
#include "analysis/uses.h"
#include "hir/function.h"
#include "hir/generated/builder.h"
#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "passes/pass.h"

namespace pyjion::passes {

class Rewriter {
  public:
    Rewriter(hir::Function& f, const CodeFacts& codeFacts)
        : function(f), facts(codeFacts), builder(f), dominators(f), uses_(f) {}

    hir::Function& function;
    const CodeFacts& facts;
    hir::Builder builder;
    analysis::Dominators dominators;

    hir::Type typeOf(hir::ValueId value) const { return function.values[value].type; }
    hir::Opcode opcodeOf(hir::InstrId id) const { return function.instrs[id].opcode; }
    /// The instruction that makes a value when it has the opcode; invalid otherwise.
    hir::InstrId definitionOf(hir::ValueId value, hir::Opcode opcode) const;
    std::optional<int64_t> constantInt(hir::ValueId value) const;
    std::optional<double> constantDouble(hir::ValueId value) const;
    std::optional<bool> constantBool(hir::ValueId value) const;

    /// Whether an instruction's operand is the only use of a value, snapshots included.
    bool isOnlyUse(hir::ValueId value) const { return uses_.of(value) == 1; }
    bool isUnused(hir::ValueId value) const { return uses_.of(value) == 0; }
    bool isInSnapshot(hir::ValueId value) const { return uses_.bySnapshots[value.index()] != 0; }
    /// The result of an instruction can be replaced by a value: a snapshot that names a borrowed view takes a reference
    /// of its own, and must not come to name the owned value.
    bool canStandFor(hir::ValueId replacement, hir::ValueId result) const;
    /// Keeps the counts right when uses of one value become uses of another.
    void moveUses(hir::ValueId from, hir::ValueId to);
    /// Keeps the counts right when an instruction goes.
    void dropUses(hir::InstrId id);

    /// Leaves compiled code here for good: the rest of the block cannot be reached.
    std::optional<hir::ValueId> leave(hir::InstrId exit, hir::ExitReason reason);
    bool left = false;

  private:
    analysis::UseCounts uses_;
};

/// Nothing: the rule does not fit. A valid value: it replaces the result. An invalid one: the instruction, without a
/// result, just goes.
using Rewritten = std::optional<hir::ValueId>;

struct Rule {
    hir::Opcode opcode;
    const char* name;
    Rewritten (*apply)(Rewriter& rewriter, hir::InstrId id);
};

std::span<const Rule> guardRules();
std::span<const Rule> unboxingRules();
std::span<const Rule> integerRules();
std::span<const Rule> doubleRules();
std::span<const Rule> truthRules();
std::span<const Rule> referenceRules();

}  // namespace pyjion::passes
