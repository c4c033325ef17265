// SPDX-License-Identifier: MIT
#include "passes/narrow_types.h"

#include <vector>

#include "hir/instruction.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::ResultRule;
using hir::Type;
using hir::ValueId;

namespace {

class Narrowing {
  public:
    explicit Narrowing(Function& function) : function_(function), types_(function.values.size()) {}

    bool run() {
        std::vector<BlockId> order = function_.reversePostorder();
        for (ValueId param : function_.blocks[function_.entry].params) {
            types_[param.index()] = function_.values[param].type;
        }
        do {
            propagate(order);
        } while (keepImpossible(order));
        return write(order);
    }

  private:
    void propagate(const std::vector<BlockId>& order) {
        do {
            changed_ = false;
            for (BlockId block : order) {
                visit(block);
            }
        } while (changed_);
    }

    /// Bottom stands for values that cannot come to be, as behind a guard that always leaves. The first of them keeps
    /// its declared type, from which follow those of what is made of it. True when there was one.
    bool keepImpossible(const std::vector<BlockId>& order) {
        for (BlockId block : order) {
            for (ValueId param : function_.blocks[block].params) {
                if (keepDeclared(param)) {
                    return true;
                }
            }
            for (hir::InstrId id : function_.blocks[block].instrs) {
                if (function_.instrs[id].result.valid() && keepDeclared(function_.instrs[id].result)) {
                    return true;
                }
            }
        }
        return false;
    }

    bool keepDeclared(ValueId value) {
        changed_ = false;
        if (types_[value.index()].isBottom()) {
            widen(value, function_.values[value].type);
        }
        return changed_;
    }

    void widen(ValueId value, Type type) {
        Type& known = types_[value.index()];
        if (!type.isSubtypeOf(known)) {
            known = known | type;
            changed_ = true;
        }
    }

    Type resultType(const hir::Instr& instr) const {
        const hir::OpInfo& row = hir::info(instr.opcode);
        Type declared = function_.values[instr.result].type;
        auto operand = [&] { return types_[instr.operands[row.resultOperand].index()]; };
        switch (row.result) {
            case ResultRule::Same:
                return operand();
            case ResultRule::Refine:
                return operand() & Type::fromBits(instr.immediates[row.resultImmediate].type);
            case ResultRule::NotNull:
                return operand() - hir::kNull;
            case ResultRule::None:
            case ResultRule::Fixed:
            case ResultRule::Immediate:
            case ResultRule::Operation:
                return declared;
        }
        return declared;
    }

    void visit(BlockId block) {
        for (hir::InstrId id : function_.blocks[block].instrs) {
            const hir::Instr& instr = function_.instrs[id];
            if (instr.result.valid()) {
                widen(instr.result, resultType(instr));
            }
            for (const hir::Target& target : instr.targets) {
                const std::vector<ValueId>& params = function_.blocks[target.block].params;
                for (size_t i = 0; i < params.size(); ++i) {
                    widen(params[i], types_[target.arguments[i].index()] & function_.values[params[i]].type);
                }
            }
        }
    }

    bool narrow(ValueId value) {
        Type& type = function_.values[value].type;
        Type known = types_[value.index()];
        if (known.isBottom() || known == type) {
            return false;
        }
        type = known;
        return true;
    }

    bool write(const std::vector<BlockId>& order) {
        bool narrowed = false;
        for (BlockId block : order) {
            for (ValueId param : function_.blocks[block].params) {
                narrowed |= narrow(param);
            }
            for (hir::InstrId id : function_.blocks[block].instrs) {
                const hir::Instr& instr = function_.instrs[id];
                if (instr.result.valid() && narrow(instr.result)) {
                    narrowed = true;
                }
            }
        }
        return narrowed;
    }

    Function& function_;
    std::vector<Type> types_;
    bool changed_ = false;
};

}  // namespace

bool narrowTypes(Function& function) {
    return Narrowing(function).run();
}

}  // namespace pyjion::passes
