// SPDX-License-Identifier: MIT
// One guard of an object's class, however many accesses follow. Input: GuardVersion as specialise_accesses and
// inlined code make them. Output: without those that a guard or TestVersion has made superfluous on each way to them,
// with nothing between that could change a class or an object's.
#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

/// 0: there are no more.
using Versions = std::array<uint32_t, 4>;
/// What the classes of objects are known to be, by the values behind which the objects are.
using Known = std::map<ValueId, Versions>;

template <typename View>
Versions versionsOf(const View& instr) {
    return {instr.version(), instr.second(), instr.third(), instr.fourth()};
}

bool isAmong(const Versions& few, const Versions& many) {
    return std::all_of(few.begin(), few.end(), [&many](uint32_t version) {
        return version == 0 || std::find(many.begin(), many.end(), version) != many.end();
    });
}

class Repetition {
  public:
    Repetition(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          map_(function),
          predecessors_(function.predecessors()),
          atEnds_(function.blocks.size()) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            known_ = atStart(block);
            std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
            function_.blocks[block].instrs.clear();
            for (InstrId id : instrs) {
                map_.apply(function_, id);
                if (isSuperfluous(id) && context_.fuel.take()) {
                    map_.replace(function_.instrs[id].result, function_.instrs[id].operands[0]);
                    function_.instrs[id].block = {};
                    continue;
                }
                note(id);
                function_.append(block, id);
            }
            atEnds_[block.index()] = std::move(known_);
        }
        if (map_.empty()) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    /// What is known at the end of each block from which this one is entered; nothing at the head of a loop, whose end
    /// was not seen yet.
    Known atStart(BlockId block) const {
        const std::vector<BlockId>& from = predecessors_[block.index()];
        Known known = from.empty() ? Known() : onEdge(from.front(), block);
        for (size_t i = 1; i < from.size(); ++i) {
            const Known other = onEdge(from[i], block);
            std::erase_if(known, [&other](const auto& entry) {
                const auto same = other.find(entry.first);
                return same == other.end() || same->second != entry.second;
            });
        }
        return known;
    }

    Known onEdge(BlockId from, BlockId to) const {
        Known known = atEnds_[from.index()];
        const std::vector<InstrId>& instrs = function_.blocks[from].instrs;
        const hir::Instr* end = instrs.empty() ? nullptr : &function_.instrs[instrs.back()];
        if (end == nullptr || end->opcode != Opcode::Branch || end->targets.front().block != to ||
            end->targets.back().block == to) {
            return known;
        }
        const InstrId test = function_.values[end->operands[0]].definition;
        if (test.valid() && function_.instrs[test].opcode == Opcode::TestVersion && isStillTrue(test, from)) {
            known[ownerOf(test)] = versionsOf(hir::TestVersion(function_, test));
        }
        return known;
    }

    /// Nothing lies between the test and the end of its block.
    bool isStillTrue(InstrId test, BlockId block) const {
        const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        return instrs.size() >= 2 && instrs[instrs.size() - 2] == test;
    }

    ValueId ownerOf(InstrId guard) const { return objectBehind(function_, function_.instrs[guard].operands[0]); }

    bool isSuperfluous(InstrId id) const {
        if (function_.instrs[id].opcode != Opcode::GuardVersion) {
            return false;
        }
        const auto found = known_.find(ownerOf(id));
        return found != known_.end() && isAmong(found->second, versionsOf(hir::GuardVersion(function_, id)));
    }

    void note(InstrId id) {
        if (function_.instrs[id].opcode == Opcode::GuardVersion) {
            known_[ownerOf(id)] = versionsOf(hir::GuardVersion(function_, id));
        } else if (hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap)) {
            known_.clear();
        }
    }

    Function& function_;
    PassContext& context_;
    ValueMap map_;
    const std::vector<std::vector<BlockId>> predecessors_;
    std::vector<Known> atEnds_;  // by block
    Known known_;                // in the block in work
};

}  // namespace

Changed repeated_guards(Function& function, PassContext& context) {
    return Repetition(function, context).run();
}

}  // namespace pyjion::passes
