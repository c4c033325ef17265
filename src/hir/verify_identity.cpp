// SPDX-License-Identifier: MIT
// Rule 14 of the verifier: a forward analysis of which numbers have an object on some path.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bit_row.h"
#include "hir/constants.h"
#include "hir/generated/opcode.h"
#include "hir/instruction.h"
#include "hir/print.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

namespace {

/// A bit by place among the function's numbers: it has an object on some path to here.
using Numbers = std::vector<uint64_t>;
constexpr uint32_t kNoNumber = UINT32_MAX;

class IdentityVerifier {
  public:
    explicit IdentityVerifier(VerifyContext& context)
        : context_(context),
          function_(context.function),
          places_(context.function.values.size(), kNoNumber),
          isMade_(context.function.values.size()) {}

    void run() {
        const size_t words = base::rowWords(findNumbers());
        if (words == 0) {
            return;
        }
        entry_.assign(function_.blocks.size(), Numbers(words));
        findMade();
        for (bool changed = true; changed;) {
            changed = false;
            for (BlockId block : context_.order) {
                changed = walk(block) || changed;
            }
        }
        reporting_ = true;
        for (BlockId block : context_.order) {
            walk(block);
        }
    }

  private:
    static bool isBox(Opcode opcode) { return opcode == Opcode::BoxInt || opcode == Opcode::BoxDouble; }

    /// Objects are most of a function's values, and have nothing to do with this. Returns how many numbers there are.
    size_t findNumbers() {
        uint32_t count = 0;
        for (uint32_t i = 0; i < places_.size(); ++i) {
            if (function_.values[ValueId(i)].type.isSubtypeOf(kUnboxed)) {
                places_[i] = count++;
            }
        }
        return count;
    }
    bool hasObject(const Numbers& numbers, ValueId number) const { return base::has(numbers, places_[number.index()]); }
    void setObject(Numbers& numbers, ValueId number, bool hasOne) const {
        if (hasOne) {
            base::add(numbers, places_[number.index()]);
        } else {
            base::remove(numbers, places_[number.index()]);
        }
    }
    bool isNumber(ValueId value) const { return places_[value.index()] != kNoNumber; }

    /// Boxes that something else uses than exits, releases and what only looks at the number.
    void findMade() {
        for (BlockId block : context_.order) {
            for (InstrId id : function_.blocks[block].instrs) {
                const Instr& instr = function_.instrs[id];
                if (!onlyLooks(instr.opcode)) {
                    for (ValueId operand : instr.operands) {
                        isMade_[viewRoot(function_, operand).index()] = true;
                    }
                }
                for (const Target& target : instr.targets) {
                    for (ValueId argument : target.arguments) {
                        isMade_[viewRoot(function_, argument).index()] = true;
                    }
                }
            }
        }
    }

    static bool onlyLooks(Opcode opcode) {
        switch (opcode) {
            case Opcode::DecRef:
            case Opcode::AssumeType:
            case Opcode::AssumeNotNull:
            case Opcode::GuardType:
            case Opcode::GuardBound:
            case Opcode::UnboxInt:
            case Opcode::UnboxDouble:
            case Opcode::UnboxAsDouble:
            case Opcode::TestInt:
            case Opcode::IncRef:
            case Opcode::CopyLocal:
                return true;
            default:
                return false;
        }
    }

    bool walk(BlockId block) {
        Numbers numbers = entry_[block.index()];
        for (InstrId id : function_.blocks[block].instrs) {
            step(numbers, id);
        }
        return leaveBlock(numbers, function_.terminator(block));
    }

    void step(Numbers& numbers, InstrId id) {
        const Instr& instr = function_.instrs[id];
        if (instr.opcode == Opcode::Snapshot || exitKindOf(function_, id) == ExitKind::Raised) {
            checkState(numbers, id);
        }
        if (instr.result.valid() && isNumber(instr.result)) {
            setObject(numbers, instr.result, instr.opcode == Opcode::UnboxInt || instr.opcode == Opcode::UnboxDouble);
        }
        if (isBox(instr.opcode) && isMade_[instr.result.index()]) {
            make(numbers, id, instr.operands[0], true);
        } else if (instr.opcode == Opcode::WriteBackInt || instr.opcode == Opcode::WriteBackDouble) {
            const std::optional<bool> same = constantBool(function_, instr.operands[2]);
            if (same != true) {
                bool certain = constantBool(function_, instr.operands[0]) == true && same == false;
                make(numbers, id, instr.operands[1], certain);
            }
        }
    }

    /// Of constants there is no telling which object they are; passes know.
    bool isTracked(ValueId number) const {
        InstrId id = function_.values[number].definition;
        Opcode opcode = id.valid() ? function_.instrs[id].opcode : Opcode::Jump;
        return opcode != Opcode::ConstInt && opcode != Opcode::ConstDouble;
    }

    void make(Numbers& numbers, InstrId id, ValueId number, bool certain) {
        if (isTracked(number)) {
            if (certain && hasObject(numbers, number)) {
                error(id, fmt::format("{} may have an object already", toString(number)));
            }
            setObject(numbers, number, true);
        }
    }

    void checkState(const Numbers& numbers, InstrId id) {
        forEachListed(function_, function_.instrs[id].snapshot,
                      [&](ValueId value) { checkListed(numbers, id, value); });
    }

    void checkListed(const Numbers& numbers, InstrId id, ValueId value) {
        InstrId box = function_.values[value].definition;
        if (!box.valid() || !isBox(function_.instrs[box].opcode) || isMade_[value.index()]) {
            return;
        }
        ValueId number = function_.instrs[box].operands[0];
        if (isTracked(number) && hasObject(numbers, number)) {
            error(id, fmt::format("the exit makes {} for {}, which may have an object already", toString(value),
                                  toString(number)));
        }
    }

    bool leaveBlock(const Numbers& numbers, InstrId terminator) {
        bool changed = false;
        for (const Target& target : function_.instrs[terminator].targets) {
            Numbers edge = numbers;
            const std::vector<ValueId>& params = function_.blocks[target.block].params;
            for (size_t i = 0; i < params.size(); ++i) {
                if (isNumber(params[i])) {
                    setObject(edge, params[i], hasObject(numbers, target.arguments[i]));
                }
            }
            changed = base::unite(entry_[target.block.index()], edge) || changed;
        }
        return changed;
    }

    void error(InstrId id, std::string message) {
        if (reporting_) {
            context_.error(14, id, std::move(message));
        }
    }

    VerifyContext& context_;
    const Function& function_;
    std::vector<uint32_t> places_;  // by value: which of the numbers it is
    std::vector<Numbers> entry_;    // by block
    std::vector<bool> isMade_;      // by value: a box that is made where it stands
    bool reporting_ = false;
};

}  // namespace

void verifyIdentity(VerifyContext& context) {
    IdentityVerifier(context).run();
}

}  // namespace pyjion::hir
