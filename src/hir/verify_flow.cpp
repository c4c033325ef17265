// SPDX-License-Identifier: MIT
// Rules 6, 8 and 9 of the verifier. Two must-analyses forward over the reachable blocks: which values are defined, and
// since which snapshots nothing visible was written. They need no dominator tree and so do not trust the one that
// passes use.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bit_row.h"
#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/instruction.h"
#include "hir/print.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

namespace {

/// What holds on every path to a point.
struct Facts {
    bool reached = false;           // some predecessor was looked at; until then everything holds
    std::vector<uint64_t> defined;  // a bit by value
    std::vector<uint64_t> clean;    // by snapshot: it is owned above, and nothing visible was written since
    std::vector<uint64_t> taken;    // by snapshot: it is owned above
};

class FlowVerifier {
  public:
    explicit FlowVerifier(VerifyContext& context)
        : context_(context), function_(context.function), entry_(context.function.blocks.size()) {}

    void run() {
        Facts& start = entry_[function_.entry.index()];
        start.reached = true;
        start.defined.resize(base::rowWords(function_.values.size()));
        start.clean.resize(base::rowWords(function_.snapshots.size()));
        start.taken.resize(base::rowWords(function_.snapshots.size()));
        for (bool changed = true; changed;) {
            changed = false;
            for (BlockId block : context_.order) {
                changed = propagate(block) || changed;
            }
        }
        for (BlockId block : context_.order) {
            check(block);
        }
    }

  private:
    void step(Facts& facts, InstrId id) const {
        const Instr& instr = function_.instrs[id];
        if (instr.opcode == Opcode::Snapshot) {
            base::add(facts.clean, instr.snapshot.index());
            base::add(facts.taken, instr.snapshot.index());
        }
        if (effectsOf(function_, id).writes.overlaps(kVisibleHeaps)) {
            facts.clean.assign(facts.clean.size(), 0);
        }
        if (instr.result.valid()) {
            base::add(facts.defined, instr.result.index());
        }
    }

    Facts atStart(BlockId block) const {
        Facts facts = entry_[block.index()];
        for (ValueId param : function_.blocks[block].params) {
            base::add(facts.defined, param.index());
        }
        return facts;
    }

    bool propagate(BlockId block) {
        Facts facts = atStart(block);
        for (InstrId id : function_.blocks[block].instrs) {
            step(facts, id);
        }
        bool changed = false;
        for (BlockId successor : function_.successors(block)) {
            Facts& into = entry_[successor.index()];
            if (!into.reached) {
                into = facts;
                changed = true;
                continue;
            }
            changed = base::intersect(into.defined, facts.defined) || changed;
            changed = base::intersect(into.clean, facts.clean) || changed;
            changed = base::intersect(into.taken, facts.taken) || changed;
        }
        return changed;
    }

    void check(BlockId block) {
        Facts facts = atStart(block);
        std::vector<SnapshotId> ownedHere;
        for (InstrId id : function_.blocks[block].instrs) {
            const Instr& instr = function_.instrs[id];
            for (ValueId operand : instr.operands) {
                checkDefined(facts, id, operand);
            }
            for (const Target& target : instr.targets) {
                for (ValueId argument : target.arguments) {
                    checkDefined(facts, id, argument);
                }
            }
            if (instr.opcode == Opcode::Snapshot) {
                checkState(facts, id, function_.snapshots[instr.snapshot]);
                ownedHere.push_back(instr.snapshot);
            } else if (instr.snapshot.valid()) {
                checkExit(facts, id, ownedHere);
            }
            step(facts, id);
        }
    }

    void checkDefined(const Facts& facts, InstrId id, ValueId value) {
        if (!base::has(facts.defined, value.index())) {
            context_.error(6, id, fmt::format("{} is not defined on every path to here", toString(value)));
        }
    }

    void checkState(const Facts& facts, InstrId id, const Snapshot& state) {
        for (const std::vector<ValueId>* list : {&state.locals, &state.stack}) {
            for (ValueId value : *list) {
                if (value.valid()) {
                    checkDefined(facts, id, value);
                }
            }
        }
        if (state.parent.valid() && !base::has(facts.taken, state.parent.index())) {
            context_.error(6, id, fmt::format("{} is not defined on every path to here", toString(state.parent)));
        }
    }

    void checkExit(const Facts& facts, InstrId id, const std::vector<SnapshotId>& ownedHere) {
        SnapshotId snapshot = function_.instrs[id].snapshot;
        if (!base::has(facts.taken, snapshot.index())) {
            context_.error(6, id, fmt::format("{} is not defined on every path to here", toString(snapshot)));
        } else if (exitKindOf(function_, id) == ExitKind::Before) {
            if (!base::has(facts.clean, snapshot.index())) {
                context_.error(
                    8, id, fmt::format("something visible is written between {} and this exit", toString(snapshot)));
            }
        } else if (std::find(ownedHere.begin(), ownedHere.end(), snapshot) == ownedHere.end()) {
            context_.error(9, id, fmt::format("{} of a raised exit is in another block", toString(snapshot)));
        }
    }

    VerifyContext& context_;
    const Function& function_;
    std::vector<Facts> entry_;
};

}  // namespace

void verifyFlow(VerifyContext& context) {
    FlowVerifier(context).run();
}

}  // namespace pyjion::hir
