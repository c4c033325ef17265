// SPDX-License-Identifier: MIT
// super().name(...) without the object that super() makes. Input: a Call of super whose result a LoadMethod takes, and
// nothing else. Output: guards that `super` is the builtin and that what it looks behind is as it was found, and the
// method, to be called with the object; where it is not known for the class, a look for it without running Python code.
#include <utility>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
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

class SuperCalls {
  public:
    SuperCalls(Function& function, PassContext& context)
        : function_(function), context_(context), builder_(function), map_(function), state_(function) {}

    Changed run() {
        if (context_.facts.supers.empty()) {
            return Changed::kNo;
        }
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            const std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
            function_.blocks[block].instrs.clear();
            builder_.setBlock(block);
            for (size_t place = 0; place < instrs.size(); ++place) {
                const size_t behind = replace(instrs, place);
                if (behind == place) {
                    function_.append(block, instrs[place]);
                    state_.pass(instrs[place]);
                } else {
                    place = behind - 1;
                }
            }
        }
        if (map_.empty()) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    /// The place behind the instructions that were replaced; `place` when there are none.
    size_t replace(const std::vector<InstrId>& instrs, size_t place) {
        const hir::Instr call = function_.instrs[instrs[place]];
        const size_t load = call.opcode == Opcode::Call ? loadOfMethod(instrs, place, call.result) : place;
        if (load == place) {
            return place;
        }
        const auto found = context_.facts.supers.find(hir::Call(function_, instrs[place]).site());
        const bool isPlain = function_.values[call.operands[0]].type == hir::kNull;
        const bool hasClass = call.operands.size() == 4 || (call.operands.size() == 2 && context_.facts.classCell);
        const SnapshotId exit = state_.before(call);
        if (found == context_.facts.supers.end() || found->second == 0 || !isPlain || !hasClass || !exit.valid() ||
            !context_.fuel.take()) {
            return place;
        }
        const auto [method, object] = lookUp(call, hir::Spread(function_, instrs[load]).site(), found->second, exit);
        release(call, function_.instrs[instrs[load]], {method, object});
        for (size_t gone = place; gone < load + 3; ++gone) {
            function_.instrs[instrs[gone]].block = {};
        }
        map_.replace(function_.instrs[instrs[load + 1]].result, method);
        map_.replace(function_.instrs[instrs[load + 2]].result, object);
        return load + 3;
    }

    /// The place of the LoadMethod that takes an object, if it comes next, with its two results behind it; else
    /// `place`.
    size_t loadOfMethod(const std::vector<InstrId>& instrs, size_t place, ValueId object) const {
        auto opcodeAt = [&](size_t at) {
            return at < instrs.size() ? function_.instrs[instrs[at]].opcode : Opcode::Jump;
        };
        size_t load = place + 1;
        while (opcodeAt(load) == Opcode::Snapshot) {
            load++;
        }
        const bool isMethod = opcodeAt(load) == Opcode::Spread && opcodeAt(load + 1) == Opcode::TakeStack &&
                              opcodeAt(load + 2) == Opcode::TakeStack &&
                              function_.instrs[instrs[load]].operands[0] == object &&
                              hir::Spread(function_, instrs[load]).operation() == hir::Operation::LoadMethod;
        return isMethod ? load : place;
    }

    std::pair<ValueId, ValueId> lookUp(const hir::Instr& call, uint32_t site, uint32_t version, SnapshotId exit) {
        builder_.setBytecode(call.bytecode);
        builder_.guardClass(call.operands[1], version, exit);
        const bool isGiven = call.operands.size() == 4;
        const ValueId type = isGiven ? call.operands[2] : builder_.peekCell(*context_.facts.classCell);
        const ValueId object = isGiven ? call.operands[3] : builder_.peekLocal(0, exit);
        const auto known = context_.facts.superMethods.find(site);
        ValueId method;
        if (known != context_.facts.superMethods.end()) {
            const auto [first, second, third, fourth] = known->second.versions;
            builder_.guardFound(type, known->second.type, exit);
            builder_.guardVersion(object, first, second, third, fourth, exit);
            method = builder_.loadFound(known->second.object, known->second.objectType);
        } else {
            method = builder_.loadSuperMethod(type, object, site, exit);
        }
        return {method, isGiven ? object : builder_.incRef(object)};
    }

    /// What the call and super() would have held.
    void release(const hir::Instr& call, const hir::Instr& load, const std::pair<ValueId, ValueId>& results) {
        builder_.setBytecode(load.bytecode);
        std::vector<ValueId> released{call.operands[1]};
        if (call.operands.size() == 4) {
            released.push_back(call.operands[2]);
        }
        hir::Snapshot behind = function_.snapshots[load.snapshot];
        behind.stack.insert(behind.stack.end(), {results.first, results.second});
        builder_.releaseInOrder(std::move(released), builder_.snapshot(std::move(behind)));
        state_.pass(builder_.last());
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    ValueMap map_;
    BeforeState state_;
};

}  // namespace

Changed super_methods(Function& function, PassContext& context) {
    return SuperCalls(function, context).run();
}

}  // namespace pyjion::passes
