// SPDX-License-Identifier: MIT
// One guard of an object, and one look at each of its places, however many accesses follow. Input: GuardVersion,
// GuardFields, GuardSharedNames and looks into objects as specialise_accesses and inlined code make them. Output:
// without those that an earlier one (or TestVersion) has made superfluous on each way to them, with nothing between
// that could change a class, an object's, or what is in the place.
#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "hir/looks.h"
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
/// An instruction that would find the same again: its opcode, the objects behind its operands, its immediates.
struct Question {
    Opcode opcode;
    std::vector<ValueId> objects;
    std::vector<int64_t> immediates;

    auto operator<=>(const Question&) const = default;
};

struct Known {
    std::map<ValueId, Versions> classes;   // of objects, by the values behind which these are
    std::map<Question, ValueId> answered;  // with what a look has found; guards give nothing of their own

    void clear() {
        classes.clear();
        answered.clear();
    }
};

/// Keeps what both maps agree on.
template <typename Map>
void intersect(Map& map, const Map& other) {
    std::erase_if(map, [&other](const auto& entry) {
        const auto same = other.find(entry.first);
        return same == other.end() || same->second != entry.second;
    });
}

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
                const ValueId known = foundBefore(id);
                if (known.valid() && context_.fuel.take()) {
                    map_.replace(function_.instrs[id].result, known);
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
            intersect(known.classes, other.classes);
            intersect(known.answered, other.answered);
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
            known.classes[ownerOf(test)] = versionsOf(hir::TestVersion(function_, test));
        }
        return known;
    }

    /// Nothing lies between the test and the end of its block.
    bool isStillTrue(InstrId test, BlockId block) const {
        const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        return instrs.size() >= 2 && instrs[instrs.size() - 2] == test;
    }

    ValueId ownerOf(InstrId guard) const { return objectBehind(function_, function_.instrs[guard].operands[0]); }

    bool isAnswered(InstrId id) const {
        const Opcode opcode = function_.instrs[id].opcode;
        return opcode == Opcode::GuardFields || opcode == Opcode::GuardSharedNames || opcode == Opcode::GuardNotOwn ||
               hir::looksIntoObject(function_, id);
    }

    Question questionOf(InstrId id) const {
        const hir::Instr& instr = function_.instrs[id];
        Question question{instr.opcode, {}, {}};
        for (ValueId operand : instr.operands) {
            question.objects.push_back(objectBehind(function_, operand));
        }
        for (const hir::Immediate& immediate : instr.immediates) {
            question.immediates.push_back(immediate.integer);
        }
        return question;
    }

    /// What an instruction would give, its operand when it is a guard; invalid when that is not known.
    ValueId foundBefore(InstrId id) const {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.opcode == Opcode::GuardVersion) {
            const auto found = known_.classes.find(ownerOf(id));
            const bool isKnown =
                found != known_.classes.end() && isAmong(found->second, versionsOf(hir::GuardVersion(function_, id)));
            return isKnown ? instr.operands[0] : ValueId();
        }
        if (!isAnswered(id)) {
            return {};
        }
        const auto found = known_.answered.find(questionOf(id));
        if (found == known_.answered.end()) {
            return {};
        }
        return found->second.valid() ? found->second : instr.operands[0];
    }

    void note(InstrId id) {
        if (function_.instrs[id].opcode == Opcode::GuardVersion) {
            known_.classes[ownerOf(id)] = versionsOf(hir::GuardVersion(function_, id));
        } else if (isAnswered(id)) {
            const Question question = questionOf(id);
            if (question.opcode == Opcode::GuardSharedNames) {
                known_.answered[{Opcode::GuardFields, question.objects, {}}] = {};
            }
            known_.answered[question] = hir::looksIntoObject(function_, id) ? function_.instrs[id].result : ValueId();
        } else if (hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap)) {
            known_.clear();
        } else if (!hir::effectsOf(function_, id).writes.empty()) {
            std::erase_if(known_.answered, [this, id](const auto& entry) {
                const ValueId found = entry.second;
                return found.valid() ? hir::endsLook(function_, id, function_.values[found].definition)
                                     : entry.first.opcode == Opcode::GuardNotOwn;
            });
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
