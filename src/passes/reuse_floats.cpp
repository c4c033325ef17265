// SPDX-License-Identifier: MIT
// Floats are stored into the floats that they replace. Input: an exchange of an item or of an instance's value for a
// new float that nothing else gets. Output: the exchange of its number, which makes an object only where the one that
// is there cannot take it: it is no float, or somebody else holds it. What only exits look at becomes a box that only
// they make.
#include <algorithm>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

class FloatReuse {
  public:
    FloatReuse(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          users_(analysis::usersOf(function)),
          uses_(function),
          map_(function) {}

    Changed run() {
        bool changed = false;
        for (hir::BlockId block : function_.reversePostorder()) {
            const std::vector<InstrId> instrs = function_.blocks[block].instrs;
            for (InstrId id : instrs) {
                changed = exchange(id) || changed;
            }
        }
        map_.apply(function_);
        return changed ? Changed::kYes : Changed::kNo;
    }

  private:
    bool exchange(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        const bool isItem = instr.opcode == Opcode::ExchangeItem;
        if ((!isItem && instr.opcode != Opcode::ExchangeField) || isOfNewInstance(instr.operands[0]) ||
            !isReleased(instr.result)) {
            return false;
        }
        const ValueId number = numberOfNew(instr.operands.back());
        if (!number.valid() || !context_.fuel.take()) {
            return false;
        }
        builder_.setInsertBefore(id);
        builder_.setBytecode(instr.bytecode);
        const ValueId old =
            isItem ? builder_.exchangeItemDouble(instr.operands[0], instr.operands[1], number)
                   : builder_.exchangeFieldDouble(instr.operands[0], number, hir::ExchangeField(function_, id).index());
        map_.replace(instr.result, old);
        function_.remove(id);
        return true;
    }

    /// The number of a float that is made for the exchange; exits in front of it may list the float, too.
    ValueId numberOfNew(ValueId value) const {
        const InstrId definition = function_.values[value].definition;
        const bool isNew = definition.valid() && function_.instrs[definition].opcode == Opcode::BoxDouble &&
                           users_[value.index()].size() == 1;
        return isNew ? function_.instrs[definition].operands[0] : ValueId();
    }

    /// It has nothing that could be replaced.
    bool isOfNewInstance(ValueId owner) const {
        const InstrId definition = function_.values[hir::viewRoot(function_, owner)].definition;
        return definition.valid() && function_.instrs[definition].opcode == Opcode::NewInstance;
    }

    /// What was replaced may be null now, and may be another object than the one that was there.
    bool isReleased(ValueId old) const {
        const std::vector<InstrId>& users = users_[old.index()];
        return uses_.bySnapshots[old.index()] == 0 && std::all_of(users.begin(), users.end(), [&](InstrId user) {
                   const Opcode opcode = function_.instrs[user].opcode;
                   return opcode == Opcode::ReleaseInOrder || opcode == Opcode::ReleaseQuietly;
               });
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    std::vector<std::vector<InstrId>> users_;
    analysis::UseCounts uses_;
    ValueMap map_;
};

}  // namespace

Changed reuse_floats(Function& function, PassContext& context) {
    return FloatReuse(function, context).run();
}

}  // namespace pyjion::passes
