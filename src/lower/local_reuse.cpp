// SPDX-License-Identifier: MIT
// Quick code shares CIL locals between values: RyuJIT's MinOpts gives every local a place of its own in the stack
// frame, and a long function would have a huge one. A value that lives in one block gives its local back behind its
// last use. Exits are emitted at the end of the method, but entered from where the value is alive.
#include "hir/generated/opcode.h"
#include "lower/lowering.h"

namespace pyjion::lower {

namespace {

/// Where values are used: by block-local order of instructions.
class LastUses {
  public:
    explicit LastUses(const hir::Function& function) : function_(function), last_(function.values.size()) {}

    void use(hir::ValueId value, hir::InstrId instr) {
        Place& place = last_[value.index()];
        hir::BlockId block = function_.instrs[instr].block;
        bool isLocal = function_.values[value].definition.valid() && function_.values[value].block == block;
        place.staysInBlock = place.staysInBlock && isLocal;
        place.instr = instr;
    }
    void keep(hir::ValueId value) { last_[value.index()].staysInBlock = false; }

    void useState(hir::SnapshotId snapshot, hir::InstrId instr) {
        hir::forEachListed(function_, snapshot, [&](hir::ValueId value) { use(value, instr); });
    }

    void useAll(hir::InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        if (instr.result.valid()) {
            use(instr.result, id);
        }
        for (hir::ValueId operand : instr.operands) {
            use(operand, id);
            // An object that exits make is made later than it stands here.
            if (hir::info(instr.opcode).sinkable) {
                keep(operand);
            }
        }
        for (const hir::Target& target : instr.targets) {
            for (hir::ValueId argument : target.arguments) {
                use(argument, id);
            }
        }
        if (instr.opcode != hir::Opcode::Snapshot) {
            useState(instr.snapshot, id);
        }
    }

    std::vector<std::vector<hir::ValueId>> ends() const {
        std::vector<std::vector<hir::ValueId>> ends(function_.instrs.size());
        for (size_t i = 0; i < last_.size(); ++i) {
            if (last_[i].staysInBlock && last_[i].instr.valid()) {
                ends[last_[i].instr.index()].push_back(hir::ValueId(static_cast<uint32_t>(i)));
            }
        }
        return ends;
    }

  private:
    struct Place {
        hir::InstrId instr;
        bool staysInBlock = true;
    };
    const hir::Function& function_;
    std::vector<Place> last_;
};

}  // namespace

void Lowering::findLastUses() {
    freeLocals_.resize(static_cast<size_t>(cil::Type::Double) + 1);
    if (!input_.quick || input_.spillAll) {
        return;
    }
    LastUses uses(function());
    for (hir::BlockId block : function().reversePostorder()) {
        for (hir::InstrId id : function().blocks[block].instrs) {
            uses.useAll(id);
        }
        // A compare that is fused into the branch at the block's end is computed there.
        hir::InstrId last = function().terminator(block);
        for (hir::ValueId condition : function().instrs[last].operands) {
            const hir::Instr* compare = isFused(condition) ? definition(condition) : nullptr;
            for (size_t k = 0; compare != nullptr && k < compare->operands.size(); ++k) {
                uses.use(compare->operands[k], last);
            }
        }
    }
    endsAt_ = uses.ends();
}

void Lowering::releaseLocals(hir::InstrId instr) {
    if (endsAt_.empty()) {
        return;
    }
    for (hir::ValueId value : endsAt_[instr.index()]) {
        if (locals_[value.index()].valid()) {
            freeLocals_[static_cast<size_t>(cilType(this->value(value).type))].push_back(locals_[value.index()]);
        }
    }
}

}  // namespace pyjion::lower
