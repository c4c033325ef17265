// SPDX-License-Identifier: MIT
// A call of one of several methods becomes a block for each: what is called there is one function, whose code can be
// entered or inlined. Input: Call of a block parameter that gets a method which was found in the classes of objects
// (specialise_accesses) from everywhere. Output: comparisons with these methods, and CallFunction of each.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/before_state.h"
#include "passes/narrow_types.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

class Choice {
  public:
    Choice(Function& function, PassContext& context)
        : function_(function), context_(context), map_(function), predecessors_(function.predecessors()) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            while (block.valid()) {
                block = splitFirstIn(block);
            }
        }
        if (!changed_) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    /// A method that the call may be of, as in LoadFound, and the code that this enters.
    struct Candidate {
        uint32_t object;
        const CalleeFact* callee;
    };

    /// The block behind the first call that is split; nothing when there is none.
    BlockId splitFirstIn(BlockId block) {
        BeforeState before(function_);
        const std::vector<InstrId> instrs = function_.blocks[block].instrs;
        for (size_t place = 0; place < instrs.size(); ++place) {
            map_.apply(function_, instrs[place]);
            const hir::Instr& instr = function_.instrs[instrs[place]];
            if (instr.opcode == Opcode::Call) {
                const std::vector<Candidate> candidates = candidatesOf(hir::Call(function_, instrs[place]));
                if (candidates.size() > 1 && context_.fuel.take()) {
                    return split(block, place, candidates, before.before(instr));
                }
            }
            before.pass(instrs[place]);
        }
        return {};
    }

    /// Nothing when something else may be called.
    std::vector<Candidate> candidatesOf(const hir::Call& call) const {
        const ValueId callable = call.first();
        const std::optional<std::pair<BlockId, size_t>> param = paramOf(callable);
        std::vector<Candidate> found;
        if (!param || !function_.values[callable].type.isSubtypeOf(hir::kFunctionExact) ||
            param->first.index() >= predecessors_.size()) {
            return found;
        }
        for (BlockId from : predecessors_[param->first.index()]) {
            for (const hir::Target& target : function_.instrs[function_.blocks[from].instrs.back()].targets) {
                const std::optional<Candidate> candidate =
                    target.block == param->first ? candidateOf(target.arguments[param->second], call) : std::nullopt;
                if (target.block == param->first && !candidate) {
                    return {};
                }
                const bool isNew = candidate && std::none_of(found.begin(), found.end(), [&](const Candidate& known) {
                                       return known.object == candidate->object;
                                   });
                if (isNew) {
                    found.push_back(*candidate);
                }
            }
        }
        return found;
    }

    std::optional<Candidate> candidateOf(ValueId method, const hir::Call& call) const {
        const InstrId definition = function_.values[map_.resolve(method)].definition;
        if (!definition.valid() || function_.instrs[definition].opcode != Opcode::LoadFound) {
            return std::nullopt;
        }
        const uint32_t object = hir::LoadFound(function_, definition).object();
        const auto callee = context_.facts.methods.find(object);
        const bool fits =
            callee != context_.facts.methods.end() && callee->second.argumentCount == call.arguments().size() + 1;
        return fits ? std::optional(Candidate{object, &callee->second}) : std::nullopt;
    }

    std::optional<std::pair<BlockId, size_t>> paramOf(ValueId value) const {
        if (function_.values[value].definition.valid()) {
            return std::nullopt;
        }
        for (BlockId block : function_.reversePostorder()) {
            const std::vector<ValueId>& params = function_.blocks[block].params;
            const auto found = std::find(params.begin(), params.end(), value);
            if (found != params.end()) {
                return std::pair(block, static_cast<size_t>(found - params.begin()));
            }
        }
        return std::nullopt;
    }

    BlockId split(BlockId block, size_t place, const std::vector<Candidate>& candidates, SnapshotId exit) {
        changed_ = true;
        const InstrId id = function_.blocks[block].instrs[place];
        const hir::Instr call = function_.instrs[id];
        const BlockId behind = function_.splitAt(block, place);
        const hir::Value result = function_.values[call.result];
        map_.replace(call.result, function_.addParam(behind, result.type, result.ownership));
        hir::Builder builder(function_);
        builder.setBytecode(call.bytecode);
        BlockId here = block;
        for (const Candidate& candidate : candidates) {
            builder.setBlock(here);
            const bool isLast = &candidate == &candidates.back();
            const BlockId calls = function_.addBlock();
            here = isLast ? calls : function_.addBlock();
            if (isLast) {
                builder.jump(calls);
            } else {
                builder.branch(builder.testFound(call.operands[0], candidate.object), {calls, {}}, {here, {}});
            }
            builder.setBlock(calls);
            if (exit.valid()) {
                builder.snapshot(hir::Snapshot(function_.snapshots[exit]));
            }
            const SnapshotId raised = builder.snapshot(hir::Snapshot(function_.snapshots[call.snapshot]));
            std::vector<ValueId> arguments(call.operands.begin() + 1, call.operands.end());
            builder.jump(behind, {builder.callFunction(call.operands[0], std::move(arguments), candidate.callee->callee,
                                                       raised)});
        }
        return behind;
    }

    Function& function_;
    PassContext& context_;
    ValueMap map_;
    const std::vector<std::vector<BlockId>> predecessors_;
    bool changed_ = false;
};

}  // namespace

Changed choose_callees(Function& function, PassContext& context) {
    return Choice(function, context).run();
}

}  // namespace pyjion::passes
