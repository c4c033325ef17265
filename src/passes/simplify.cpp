// SPDX-License-Identifier: MIT
// Applies local rewriting rules. Input and output: any function. Every instruction is looked at once, in an order in
// which definitions come before uses, so that chains of rewrites need one walk. The rules are in simplify/, by topic;
// here is what they have in common: choosing rules by opcode, fuel, counting, and putting blocks together again.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "hir/instruction.h"
#include "passes/pass.h"
#include "passes/simplify/repeated.h"
#include "passes/simplify/rewriter.h"
#include "passes/unreachable_blocks.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::ValueId;

namespace {

using RuleTable = std::array<std::vector<Rule>, hir::kOpcodeCount>;

RuleTable makeTable() {
    RuleTable table;
    for (auto rules : {guardRules, unboxingRules, integerRules, doubleRules, truthRules, referenceRules}) {
        for (const Rule& rule : rules()) {
            table[static_cast<size_t>(rule.opcode)].push_back(rule);
        }
    }
    return table;
}

class Simplification {
  public:
    Simplification(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          rewriter_(function, context.facts),
          repeated_(function, rewriter_.dominators),
          map_(function),
          reached_(function.blocks.size()) {}

    Changed run() {
        reached_[function_.entry.index()] = true;
        for (BlockId block : rewriter_.dominators.order()) {
            if (!reached_[block.index()]) {
                continue;
            }
            simplify(block);
            for (BlockId successor : function_.successors(block)) {
                reached_[successor.index()] = true;
            }
        }
        map_.apply(function_);
        if (controlFlowChanged_) {
            removeUnreachableBlocks(function_);
        }
        return changed_ ? Changed::kYes : Changed::kNo;
    }

  private:
    void simplify(BlockId block) {
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        rewriter_.builder.setBlock(block);
        rewriter_.left = false;
        for (InstrId id : instrs) {
            if (rewriter_.left) {
                discard(id);
                continue;
            }
            map_.apply(function_, id);
            follow(id);
            dropExit(id);
            if (!rewrite(block, id)) {
                function_.append(block, id);
                repeated_.note(id);
            }
        }
    }

    /// Results that follow an operand's type do so when that has become narrower.
    void follow(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        hir::ResultRule rule = hir::info(instr.opcode).result;
        if (rule != hir::ResultRule::Same && rule != hir::ResultRule::Refine && rule != hir::ResultRule::NotNull) {
            return;
        }
        hir::Type type = hir::resultTypeByRule(function_, instr);
        hir::Type& now = function_.values[instr.result].type;
        // Bottom says that this point is not reached; the rules for guards end the block there.
        if (type != now && type.isSubtypeOf(now) && !type.isBottom()) {
            now = type;
            changed_ = true;
        }
    }

    /// Turn this: DecRef v0, exit s0                                  (v0 is plain data)
    /// Into this: DecRef v0
    void dropExit(InstrId id) {
        hir::Instr& instr = function_.instrs[id];
        if (instr.snapshot.valid() && hir::isQuiet(function_, id)) {
            instr.snapshot = {};
            changed_ = true;
        }
    }

    bool rewrite(BlockId block, InstrId id) {
        static const RuleTable table = makeTable();
        if (context_.fuel.isEmpty()) {
            return false;
        }
        rewriter_.builder.setBytecode(function_.instrs[id].bytecode);
        for (const Rule& rule : table[static_cast<size_t>(function_.instrs[id].opcode)]) {
            if (Rewritten result = rule.apply(rewriter_, id)) {
                replace(id, *result, rule.name);
                return true;
            }
        }
        if (ValueId earlier = repeated_.find(id, block); earlier.valid()) {
            replace(id, earlier, "same_operation_again");
            return true;
        }
        return false;
    }

    void replace(InstrId id, ValueId by, const char* rule) {
        context_.fuel.take();
        context_.count(std::string("simplify.") + rule);
        changed_ = true;
        const hir::Instr& instr = function_.instrs[id];
        controlFlowChanged_ = controlFlowChanged_ || rewriter_.left || hir::info(instr.opcode).terminator;
        if (by.valid()) {
            rewriter_.moveUses(instr.result, by);
            map_.replace(instr.result, by);
        }
        discard(id);
    }

    void discard(InstrId id) {
        rewriter_.dropUses(id);
        hir::Instr& instr = function_.instrs[id];
        instr.block = {};
        if (instr.result.valid()) {
            function_.values[instr.result].block = {};
        }
    }

    Function& function_;
    PassContext& context_;
    Rewriter rewriter_;
    RepeatedOperations repeated_;
    ValueMap map_;
    std::vector<bool> reached_;  // by block: by the branches that are left
    bool changed_ = false;
    bool controlFlowChanged_ = false;
};

}  // namespace

Changed simplify(Function& function, PassContext& context) {
    return Simplification(function, context).run();
}

}  // namespace pyjion::passes
