// SPDX-License-Identifier: MIT
// Subscripts by slices that nothing else sees. Input: BuildSlice whose result is the index of the subscript behind it.
// Output: one operation, Slice, with the bounds as operands, in the place of the subscript.
#include <algorithm>
#include <utility>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/pass.h"

namespace pyjion::passes {

using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::Operation;
using hir::ValueId;

namespace {

bool isOperation(const Function& function, InstrId id, Operation operation) {
    return function.instrs[id].opcode == Opcode::Operate && hir::Operate(function, id).operation() == operation;
}

class SliceFusion {
  public:
    SliceFusion(Function& function, PassContext& context) : function_(function), context_(context), uses_(function) {}

    Changed run() {
        Changed changed = Changed::kNo;
        for (hir::BlockId block : function_.reversePostorder()) {
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (size_t place = 0; place < instrs.size(); ++place) {
                if (isOperation(function_, instrs[place], Operation::BuildSlice) && isFor(instrs, place) &&
                    context_.fuel.take()) {
                    fuse(instrs[place]);
                    changed = Changed::kYes;
                }
            }
        }
        return changed;
    }

  private:
    /// The next instruction is the subscript, which alone has the slice. Finds it, and the states in between that list
    /// the slice: no exit names them, as the subscript's own does not.
    bool isFor(const std::vector<InstrId>& instrs, size_t place) {
        const ValueId slice = function_.instrs[instrs[place]].result;
        states_.clear();
        while (function_.instrs[instrs[++place]].opcode == Opcode::Snapshot) {
            const hir::SnapshotId snapshot = function_.instrs[instrs[place]].snapshot;
            const std::vector<ValueId> listed = analysis::valuesOf(function_, snapshot);
            if (std::find(listed.begin(), listed.end(), slice) != listed.end()) {
                states_.push_back(instrs[place]);
            }
        }
        subscript_ = instrs[place];
        return isOperation(function_, subscript_, Operation::BinarySubscript) &&
               function_.instrs[subscript_].operands[1] == slice && uses_.of(slice) == 1 + states_.size();
    }

    /// Turn this: v2: own Object = Operate v0, v1, operation BuildSlice, exit s0
    ///            v4: own Object = Operate v3, v2, operation BinarySubscript, exit s1
    /// Into this: v5: own Object = Operate v3, v0, v1, operation Slice, exit s1
    void fuse(InstrId built) {
        const hir::Instr subscript = function_.instrs[subscript_];
        const std::vector<ValueId> bounds = function_.instrs[built].operands;
        hir::Builder builder(function_);
        builder.setInsertBefore(subscript_);
        builder.setBytecode(subscript.bytecode);
        const ValueId sliced =
            builder.operate({subscript.operands[0], bounds[0], bounds[1]}, Operation::Slice, 0, 0, subscript.snapshot);
        function_.replaceAllUses(subscript.result, sliced);
        function_.remove(subscript_);
        for (InstrId state : states_) {
            function_.remove(state);
        }
        function_.remove(built);
    }

    Function& function_;
    PassContext& context_;
    const analysis::UseCounts uses_;
    InstrId subscript_;
    std::vector<InstrId> states_;
};

}  // namespace

Changed fuse_slices(Function& function, PassContext& context) {
    return SliceFusion(function, context).run();
}

}  // namespace pyjion::passes
