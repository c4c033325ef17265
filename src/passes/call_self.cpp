// SPDX-License-Identifier: MIT
// Enters the frameless body of a function in the place of its recursive calls. Input: CallFunction and CallFunctionInt
// of the function itself, which has such a body (self_calls.h). Output: guards that the call would enter this code and
// that nobody would see more of it than its result, and CallSelf or CallSelfInt.
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/pass.h"
#include "passes/passed_numbers.h"
#include "passes/self_entry.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

class SelfCalls {
  public:
    SelfCalls(Function& function, PassContext& context, const SelfFact& self)
        : function_(function), context_(context), self_(self) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            BeforeState before(function_);
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                const SnapshotId exit = isCall(id) ? before.before(function_.instrs[id]) : SnapshotId();
                if (exit.valid() && context_.fuel.take()) {
                    replace(id, exit);
                    before.enterBlock();  // what the call writes is anything
                } else {
                    before.pass(id);
                }
            }
        }
        return changed_;
    }

  private:
    /// One that fits the body.
    bool isCall(InstrId id) const {
        const hir::Instr& call = function_.instrs[id];
        const bool isKnown = call.opcode == Opcode::CallFunction || call.opcode == Opcode::CallFunctionInt;
        if (!isKnown || static_cast<uint32_t>(call.immediates[0].integer) != self_.callee ||
            call.operands.size() != self_.passesNumbers.size() + 1 ||
            (call.opcode == Opcode::CallFunctionInt && !self_.returnsNumber) ||
            context_.facts.notInlined.contains(function_.ownUnit(call.bytecode))) {
            return false;
        }
        const NewNumbers numbers(function_);
        for (size_t k = 0; k < self_.passesNumbers.size(); ++k) {
            if (self_.passesNumbers[k] && !numbers.isNewNumber(call.operands[k + 1], id)) {
                return false;
            }
        }
        return true;
    }

    void replace(InstrId id, SnapshotId exit) {
        const hir::Instr call = function_.instrs[id];
        hir::Builder builder(function_);
        builder.setInsertBefore(id);
        builder.setBytecode(call.bytecode);
        builder.guardCallee(call.operands[0], self_.callee, false, exit);
        for (const auto& [name, site] : self_.names) {
            builder.guardOwnName(name, site, exit);
        }
        ValueId result = enterSelf(builder, self_.returnsNumber, call.operands[0],
                                   {call.operands.begin() + 1, call.operands.end()}, self_.callee, exit, call.snapshot);
        passNumbers(function_, builder.last(), self_.passesNumbers);
        if (self_.returnsNumber && call.opcode == Opcode::CallFunction) {
            result = builder.boxInt(result);
        }
        function_.replaceAllUses(call.result, result);
        function_.remove(id);
        changed_ = Changed::kYes;
    }

    Function& function_;
    PassContext& context_;
    const SelfFact& self_;
    Changed changed_ = Changed::kNo;
};

}  // namespace

Changed call_self(Function& function, PassContext& context) {
    return context.facts.self ? SelfCalls(function, context, *context.facts.self).run() : Changed::kNo;
}

}  // namespace pyjion::passes
