// SPDX-License-Identifier: MIT
// A new instance has nothing that could be replaced. Input: NewInstance with the inlined __init__ behind it, whose
// stores ask what was in the place before, and release that. Output: InitialiseField, until something could have put
// another attribute in; and no guard of a class that the instance is known to have.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

class Filling {
  public:
    Filling(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          users_(analysis::usersOf(function)),
          uses_(function),
          map_(function) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (size_t place = 0; place < instrs.size(); ++place) {
                if (function_.instrs[instrs[place]].opcode == Opcode::NewInstance) {
                    fill(instrs, place);
                }
            }
        }
        map_.apply(function_);
        return changed_ ? Changed::kYes : Changed::kNo;
    }

  private:
    /// Follows an instance from where it is made to where something else could reach it.
    void fill(const std::vector<InstrId>& instrs, size_t made) {
        instance_ = function_.instrs[instrs[made]].result;
        version_ = hir::NewInstance(function_, instrs[made]).version();
        set_.clear();
        nulls_.clear();
        olderThan_.clear();
        for (size_t place = 0; place <= made; ++place) {
            olderThan_.insert(instrs[place]);
        }
        for (size_t place = made + 1; place < instrs.size() && pass(instrs[place]); ++place) {
        }
    }

    /// False where nothing is certain any more.
    bool pass(InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        switch (instr.opcode) {
            case Opcode::GuardVersion:
                dropGuard(id);
                return true;
            case Opcode::PeekField:
                if (isInstance(instr.operands[0]) && !set_.contains(hir::PeekField(function_, id).index())) {
                    nulls_.insert(instr.result);
                }
                return true;
            case Opcode::GuardQuietEnd:
                if (nulls_.contains(instr.operands[0]) && context_.fuel.take()) {
                    remove(id);
                }
                return true;
            case Opcode::ExchangeField:
                return isInstance(instr.operands[0]) ? exchange(id) : isOfOlder(instr.operands[0]);
            case Opcode::ReleaseQuietly:
                return true;  // (what goes with an object held no instance that this code holds)
            default:
                return !hir::effectsOf(function_, id).writes.overlaps(hir::kWorldHeap | hir::kObjectHeap);
        }
    }

    bool isInstance(ValueId value) const { return hir::viewRoot(function_, value) == instance_; }

    /// What was there before the instance is another object.
    bool isOfOlder(ValueId owner) const {
        const InstrId definition = function_.values[hir::viewRoot(function_, owner)].definition;
        const InstrId here = function_.values[instance_].definition;
        return definition.valid() &&
               (olderThan_.contains(definition) || function_.instrs[definition].block != function_.instrs[here].block);
    }

    void dropGuard(InstrId id) {
        const hir::GuardVersion guard(function_, id);
        const uint32_t versions[] = {guard.version(), guard.second(), guard.third(), guard.fourth()};
        const bool holds = std::find(std::begin(versions), std::end(versions), version_) != std::end(versions);
        if (isInstance(guard.input()) && holds && context_.fuel.take()) {
            map_.replace(guard.result(), guard.input());
            remove(id);
        }
    }

    bool exchange(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        const uint32_t index = hir::ExchangeField(function_, id).index();
        const std::optional<InstrId> release = releaseOf(instr.result);
        if (set_.contains(index)) {
            return true;
        }
        if (!release || !context_.fuel.take()) {
            return false;
        }
        builder_.setInsertBefore(id);
        builder_.setBytecode(instr.bytecode);
        builder_.initialiseField(instr.operands[0], instr.operands[1], index, static_cast<uint32_t>(set_.size()));
        set_.insert(index);
        remove(id);
        remove(*release);
        return true;
    }

    /// The only one that gets what was replaced.
    std::optional<InstrId> releaseOf(ValueId old) const {
        const std::vector<InstrId>& users = users_[old.index()];
        const bool isReleased = users.size() == 1 && uses_.bySnapshots[old.index()] == 0 &&
                                function_.instrs[users.front()].opcode == Opcode::ReleaseQuietly;
        return isReleased ? std::optional(users.front()) : std::nullopt;
    }

    void remove(InstrId id) {
        changed_ = true;
        function_.remove(id);
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    const std::vector<std::vector<InstrId>> users_;
    const analysis::UseCounts uses_;
    ValueMap map_;
    bool changed_ = false;
    // Of the instance in work:
    ValueId instance_;
    uint32_t version_ = 0;         // of its class
    std::set<uint32_t> set_;       // its values that are there
    std::set<ValueId> nulls_;      // what looks at others have found
    std::set<InstrId> olderThan_;  // of its block: what came before
};

}  // namespace

Changed fill_instances(Function& function, PassContext& context) {
    return Filling(function, context).run();
}

}  // namespace pyjion::passes
