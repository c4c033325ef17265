// SPDX-License-Identifier: MIT
// Returns ints without a box, to callers that unbox them. Input: a function in which the int of every returned object
// is known. Output: ReturnInt in place of Return, behind a guard where others may hold the object; exits there make the
// object or find it. A function that returns anything else on some path stays as it is: its callers could not tell from
// the code what they get.
#include <algorithm>
#include <optional>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

struct ReturnedInt {
    InstrId instr;
    NumberSource source;
    std::optional<uint32_t> local;  // in whose slot the object is, if it was made at all
};

class ReturnedInts {
  public:
    ReturnedInts(const Function& function, const CodeFacts& facts)
        : function_(function), facts_(facts), users_(analysis::usersOf(function)) {}

    /// Every return with its number; empty when there is one without.
    std::vector<ReturnedInt> all() const {
        std::vector<ReturnedInt> returns;
        for (const hir::Block& block : function_.blocks) {
            if (block.instrs.empty() || function_.instrs[block.instrs.back()].opcode != Opcode::Return) {
                continue;
            }
            std::optional<ReturnedInt> returned = intOf(block.instrs.back());
            if (!returned) {
                return {};
            }
            returns.push_back(*returned);
        }
        return returns;
    }

  private:
    std::optional<ReturnedInt> intOf(InstrId id) const {
        ValueId value = hir::Return(function_, id).value();
        ReturnedInt returned{id, numberSource(function_, facts_, value), {}};
        if (returned.source.constant != nullptr) {
            bool isInt = returned.source.constant->kind == ConstantFact::Kind::Int;
            return isInt && hasOneObject(*returned.source.constant) ? std::optional(returned) : std::nullopt;
        }
        ValueId number = returned.source.unboxed;
        if (!number.valid() || function_.values[number].type != hir::kInt64) {
            return std::nullopt;
        }
        std::optional<SlotRead> read = slotReadFor(function_, value);
        if (!read) {
            return isMadeFor(id, value) ? std::optional(returned) : std::nullopt;
        }
        if (function_.isName(read->local)) {
            return std::nullopt;  // the name keeps the object
        }
        returned.local = read->local;
        return isStoredBetween(function_, read->instr, id, read->local) ? std::nullopt : std::optional(returned);
    }

    /// Nobody else ever holds the object.
    bool isMadeFor(InstrId id, ValueId value) const {
        if (objectBehind(function_, value) != value) {
            return false;
        }
        const std::vector<InstrId>& users = users_[value.index()];
        return std::all_of(users.begin(), users.end(), [&](InstrId user) {
            return user == id || function_.instrs[user].opcode == Opcode::DecRef ||
                   function_.instrs[user].opcode == Opcode::Return;
        });
    }

    const Function& function_;
    const CodeFacts& facts_;
    std::vector<std::vector<InstrId>> users_;
};

/// Turn this: s1 = Snapshot stack(v1)
///            Return v1, exit s1                (v1 is the box of v0)
/// Into this: DecRef v1
///            s2 = Snapshot stack(v0)
///            ReturnInt v0, exit s2
/// When the object is in a slot, it is returned itself where somebody else holds it:
///            v2: borrow LongExact = LocalInt v0, local 0
///            s2 = Snapshot stack(v2)
///            GuardUnshared v0, v3, local 0, exit s2
void returnUnboxed(Function& function, const ReturnedInt& returned) {
    hir::Instr instr = function.instrs[returned.instr];
    BlockId block = instr.block;
    function.blocks[block].instrs.pop_back();
    function.instrs[returned.instr].block = {};
    hir::Builder builder(function);
    builder.setBlock(block);
    builder.setBytecode(instr.bytecode);
    ValueId number = returned.source.constant != nullptr ? builder.constInt(returned.source.constant->integer)
                                                         : returned.source.unboxed;
    ValueId object = instr.operands[0];
    bool known = function.values[object].type.isSubtypeOf(hir::kPlainData);
    builder.decRef(known ? object : builder.assumeType(object, hir::kLongExact));
    hir::Snapshot state = function.snapshots[instr.snapshot];
    state.stack.back() = returned.local ? builder.localInt(number, *returned.local) : number;
    SnapshotId exit = builder.snapshot(std::move(state));
    if (returned.local) {
        builder.guardUnshared(number, builder.constBool(false), *returned.local, exit);
    }
    builder.returnInt(number, exit);
}

}  // namespace

Changed unbox_results(Function& function, PassContext& context) {
    if (context.facts.isResumed) {
        return Changed::kNo;  // it yields objects, or returns to what may not know compiled code
    }
    std::vector<ReturnedInt> returns = ReturnedInts(function, context.facts).all();
    if (returns.empty() || !context.fuel.take()) {
        return Changed::kNo;
    }
    for (const ReturnedInt& returned : returns) {
        returnUnboxed(function, returned);
    }
    return Changed::kYes;
}

}  // namespace pyjion::passes
