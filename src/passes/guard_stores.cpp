// SPDX-License-Identifier: MIT
// What is guarded behind a store to a local is guarded in front of it. Input: an object of unknown type that is stored,
// and taken for plain data by what comes next in its block. Output: the guard, then the store of what is known to be
// plain: its local can be kept in a register, and what the next iteration stores over it has no finalizer.
#include <algorithm>
#include <vector>

#include "analysis/dominators.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::Type;
using hir::ValueId;

namespace {

class StoreGuards {
  public:
    StoreGuards(Function& function, PassContext& context)
        : function_(function), context_(context), builder_(function), dominators_(function), state_(function) {}

    Changed run() {
        bool changed = false;
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (size_t place = 0; place < instrs.size(); ++place) {
                changed = guard(block, instrs, place) || changed;
                state_.pass(instrs[place]);
            }
        }
        if (!changed) {
            return Changed::kNo;
        }
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    bool guard(BlockId block, const std::vector<InstrId>& instrs, size_t place) {
        const hir::Instr store = function_.instrs[instrs[place]];
        if (store.opcode != Opcode::StoreLocal || function_.isName(hir::StoreLocal(function_, instrs[place]).local())) {
            return false;
        }
        const ValueId object = store.operands[0];
        if (function_.values[object].type.isSubtypeOf(hir::kPlainData)) {
            return false;
        }
        const Type type = typeBehind(instrs, place, object);
        const SnapshotId exit = state_.before(store);
        if (type.isBottom() || !exit.valid() || !context_.fuel.take()) {
            return false;
        }
        builder_.setInsertBefore(instrs[place]);
        builder_.setBytecode(store.bytecode);
        builder_.guardType(object, type, exit);
        const ValueId plain = builder_.assumeType(object, type);
        replaceFrom(block, instrs[place], object, plain);
        return true;
    }

    /// As what the rest of the block takes it, if that is plain data.
    Type typeBehind(const std::vector<InstrId>& instrs, size_t place, ValueId object) const {
        const ValueId root = objectBehind(function_, object);
        for (size_t later = place + 1; later < instrs.size(); ++later) {
            const hir::Instr& instr = function_.instrs[instrs[later]];
            if (instr.opcode == Opcode::GuardType && objectBehind(function_, instr.operands[0]) == root) {
                const Type type = hir::GuardType(function_, instrs[later]).type();
                return type.isSubtypeOf(hir::kPlainData - hir::kNull) ? type : hir::kBottom;
            }
        }
        return hir::kBottom;
    }

    /// In the store, which consumes the object, and behind it.
    void replaceFrom(BlockId block, InstrId store, ValueId object, ValueId plain) {
        for (BlockId other : function_.reversePostorder()) {
            if (!dominators_.dominates(block, other)) {
                continue;
            }
            const std::vector<InstrId>& instrs = function_.blocks[other].instrs;
            auto from = other == block ? std::find(instrs.begin(), instrs.end(), store) : instrs.begin();
            for (; from != instrs.end(); ++from) {
                replaceIn(*from, object, plain);
            }
        }
    }

    void replaceIn(InstrId id, ValueId object, ValueId plain) {
        hir::Instr& instr = function_.instrs[id];
        std::replace(instr.operands.begin(), instr.operands.end(), object, plain);
        for (hir::Target& target : instr.targets) {
            std::replace(target.arguments.begin(), target.arguments.end(), object, plain);
        }
        if (instr.opcode == Opcode::Snapshot) {
            hir::Snapshot& state = function_.snapshots[instr.snapshot];
            std::replace(state.stack.begin(), state.stack.end(), object, plain);
            std::replace(state.locals.begin(), state.locals.end(), object, plain);
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    const analysis::Dominators dominators_;
    BeforeState state_;
};

}  // namespace

Changed guard_stores(Function& function, PassContext& context) {
    return StoreGuards(function, context).run();
}

}  // namespace pyjion::passes
