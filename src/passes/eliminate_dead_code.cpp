// SPDX-License-Identifier: MIT
// Removes what nothing needs: blocks that cannot be reached, instructions whose result is unused and that do nothing
// else, snapshots that no exit names, boxes that are only released, and block parameters that nothing but themselves
// uses. Input and output: any function. Instructions stay that write, keep references moving, or leave for a reason
// that is part of the program.
//
// Needed is what a root needs, and what that needs, so that cycles through block parameters go too. Roots are the
// instructions that isRemovable() does not name. Owned block parameters stay: passing them on is what consumes
// arguments.
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/opcode.h"
#include "hir/instruction.h"
#include "passes/pass.h"
#include "passes/unreachable_blocks.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

class Elimination {
  public:
    Elimination(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          needed_(function.values.size()),
          neededInstrs_(function.instrs.size()),
          neededSnapshots_(function.snapshots.size()) {}

    Changed run() {
        if (!context_.fuel.take()) {
            return Changed::kNo;
        }
        bool changed = removeUnreachableBlocks(function_);
        changed = removeReleasedBoxes() || changed;
        predecessors_ = terminatorsBefore();
        findNeeded();
        changed = removeParams() || changed;
        changed = removeInstrs() || changed;
        return changed ? Changed::kYes : Changed::kNo;
    }

  private:
    bool isSinkable(ValueId value) const {
        InstrId definition = function_.values[value].definition;
        return definition.valid() && hir::infoOf(function_, definition).sinkable;
    }

    /// Turn this: v1: own LongExact = BoxInt v0
    ///            DecRef v1                       (otherwise only snapshots name v1)
    /// Into this: v1: own LongExact = BoxInt v0   (exits make the object, or nobody does)
    /// A box that is released on several paths needs all of the releases gone.
    bool removeReleasedBoxes() {
        analysis::UseCounts uses(function_);
        std::vector<uint32_t> releases = countReleases();
        bool changed = false;
        for (hir::Block& block : function_.blocks) {
            changed = std::erase_if(block.instrs,
                                    [&](InstrId id) {
                                        hir::Instr& instr = function_.instrs[id];
                                        if (instr.opcode != Opcode::DecRef) {
                                            return false;
                                        }
                                        ValueId box = instr.operands[0];
                                        bool goes =
                                            isSinkable(box) && releases[box.index()] == uses.byCode[box.index()];
                                        if (goes) {
                                            instr.block = {};
                                        }
                                        return goes;
                                    }) != 0 ||
                      changed;
        }
        return changed;
    }

    std::vector<uint32_t> countReleases() const {
        std::vector<uint32_t> releases(function_.values.size());
        for (const hir::Block& block : function_.blocks) {
            for (InstrId id : block.instrs) {
                if (function_.instrs[id].opcode == Opcode::DecRef) {
                    ++releases[function_.instrs[id].operands[0].index()];
                }
            }
        }
        return releases;
    }

    // --- what is needed -------------------------------------------------------------------------------------------

    std::vector<std::vector<InstrId>> terminatorsBefore() const {
        std::vector<std::vector<InstrId>> result(function_.blocks.size());
        for (const hir::Block& block : function_.blocks) {
            if (block.instrs.empty()) {
                continue;
            }
            for (const hir::Target& target : function_.instrs[block.instrs.back()].targets) {
                std::vector<InstrId>& list = result[target.block.index()];
                if (list.empty() || list.back() != block.instrs.back()) {
                    list.push_back(block.instrs.back());
                }
            }
        }
        return result;
    }

    void findNeeded() {
        for (hir::Block& block : function_.blocks) {
            for (ValueId param : block.params) {
                if (function_.values[param].ownership == hir::Ownership::Owned) {
                    need(param);
                }
            }
            for (InstrId id : block.instrs) {
                if (!hir::infoOf(function_, id).snapshot && !hir::isRemovable(function_, id)) {
                    need(id);
                }
            }
        }
        while (!pending_.empty()) {
            ValueId value = pending_.back();
            pending_.pop_back();
            InstrId definition = function_.values[value].definition;
            if (definition.valid()) {
                need(definition);
            } else {
                needArguments(value);
            }
        }
    }

    void need(ValueId value) {
        if (!needed_[value.index()]) {
            needed_[value.index()] = true;
            pending_.push_back(value);
        }
    }

    void need(InstrId id) {
        if (neededInstrs_[id.index()]) {
            return;
        }
        neededInstrs_[id.index()] = true;
        const hir::Instr& instr = function_.instrs[id];
        for (ValueId operand : instr.operands) {
            need(operand);
        }
        for (SnapshotId s = instr.snapshot; s.valid() && !neededSnapshots_[s.index()];
             s = function_.snapshots[s].parent) {
            neededSnapshots_[s.index()] = true;
            neededInstrs_[function_.snapshots[s].owner.index()] = true;
        }
        if (instr.snapshot.valid()) {
            for (ValueId value : analysis::valuesOf(function_, instr.snapshot)) {
                need(value);
            }
        }
    }

    void needArguments(ValueId param) {
        BlockId block = function_.values[param].block;
        const std::vector<ValueId>& params = function_.blocks[block].params;
        size_t place = 0;
        while (params[place] != param) {
            ++place;
        }
        for (InstrId terminator : predecessors_[block.index()]) {
            for (const hir::Target& target : function_.instrs[terminator].targets) {
                if (target.block == block) {
                    need(target.arguments[place]);
                }
            }
        }
    }

    // --- removing -------------------------------------------------------------------------------------------------

    bool removeParams() {
        bool changed = false;
        for (uint32_t index = 0; index < function_.blocks.size(); ++index) {
            std::vector<ValueId>& params = function_.blocks[BlockId(index)].params;
            for (size_t i = params.size(); i-- > 0;) {
                if (needed_[params[i].index()]) {
                    continue;
                }
                function_.values[params[i]].block = {};
                params.erase(params.begin() + static_cast<std::ptrdiff_t>(i));
                removeArgument(BlockId(index), i);
                context_.count("eliminate_dead_code.params");
                changed = true;
            }
        }
        return changed;
    }

    void removeArgument(BlockId block, size_t place) {
        for (InstrId terminator : predecessors_[block.index()]) {
            for (hir::Target& target : function_.instrs[terminator].targets) {
                if (target.block == block) {
                    target.arguments.erase(target.arguments.begin() + static_cast<std::ptrdiff_t>(place));
                }
            }
        }
    }

    bool removeInstrs() {
        bool changed = false;
        for (hir::Block& block : function_.blocks) {
            std::vector<InstrId> kept;
            for (InstrId id : block.instrs) {
                hir::Instr& instr = function_.instrs[id];
                if (neededInstrs_[id.index()]) {
                    kept.push_back(id);
                    continue;
                }
                context_.count("eliminate_dead_code.instructions");
                instr.block = {};
                if (instr.result.valid()) {
                    function_.values[instr.result].block = {};
                }
                changed = true;
            }
            block.instrs = std::move(kept);
        }
        return changed;
    }

    Function& function_;
    PassContext& context_;
    std::vector<bool> needed_;           // by value
    std::vector<bool> neededInstrs_;     // by instruction
    std::vector<bool> neededSnapshots_;  // by snapshot
    std::vector<ValueId> pending_;
    std::vector<std::vector<InstrId>> predecessors_;
};

}  // namespace

Changed eliminate_dead_code(Function& function, PassContext& context) {
    return Elimination(function, context).run();
}

}  // namespace pyjion::passes
