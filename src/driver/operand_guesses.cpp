// SPDX-License-Identifier: MIT
#include "driver/operand_guesses.h"

#include <cstdint>
#include <utility>

namespace pyjion::driver {
namespace {

using bytecode::Opcode;

/// The arguments of BINARY_OP, in the order of CPython's opcode.h; the same again for the operations in place.
enum BinaryOperation : uint32_t { kMatrixMultiply = 4, kPower = 8, kTrueDivide = 11, kOperations = 13 };

const hir::Type kUnknown = hir::kBottom;

bool isNumber(hir::Type type) {
    return type == hir::kLongExact || type == hir::kFloatExact;
}

/// Of the results that are worth following.
hir::Type resultOf(uint32_t operation, hir::Type left, hir::Type right) {
    const bool areInts = left == hir::kLongExact && right == hir::kLongExact;
    return areInts && operation != kTrueDivide ? hir::kLongExact : hir::kFloatExact;
}

/// A walk over the instructions of basic blocks, with the types on the value stack as far as they are known.
class Walk {
  public:
    Walk(const bytecode::Code& code, std::vector<hir::Type> locals, std::span<const hir::Type> constants,
         std::vector<frontend::Seen>& seen)
        : code_(code), locals_(std::move(locals)), constants_(constants), seen_(seen) {}

    void run() {
        const std::vector<uint32_t> sites = frontend::numberSites(code_);
        for (const bytecode::Block& block : code_.blocks) {
            stack_.clear();
            for (uint32_t ordinal = block.first; ordinal <= block.last; ++ordinal) {
                step(code_.instructions[ordinal], sites[ordinal]);
            }
        }
    }

  private:
    void push(hir::Type type) { stack_.push_back(type); }

    /// What is below the part of the stack that was followed is not known.
    hir::Type pop() {
        if (stack_.empty()) {
            return kUnknown;
        }
        const hir::Type top = stack_.back();
        stack_.pop_back();
        return top;
    }

    void step(const bytecode::Instruction& instruction, uint32_t site) {
        switch (instruction.opcode) {
            case Opcode::NOP:
                break;
            case Opcode::LOAD_CONST:
                push(constants_[instruction.argument]);
                break;
            case Opcode::LOAD_FAST:
                push(locals_[instruction.argument]);
                break;
            case Opcode::LOAD_GLOBAL:
            case Opcode::LOAD_NAME:
            case Opcode::LOAD_DEREF:
                push(kUnknown);
                break;
            case Opcode::POP_TOP:
                pop();
                break;
            case Opcode::STORE_FAST:
                // A local that is bound keeps its type, most often.
                if (const hir::Type stored = pop(); locals_[instruction.argument] == kUnknown) {
                    locals_[instruction.argument] = stored;
                }
                break;
            case Opcode::BINARY_OP:
                binary(instruction.argument % kOperations, site);
                break;
            default:
                stack_.clear();
        }
    }

    void binary(uint32_t operation, uint32_t site) {
        const hir::Type right = pop();
        const hir::Type left = pop();
        const bool isPowerOfInts = operation == kPower && left == hir::kLongExact && right == hir::kLongExact;
        if (!isNumber(left) || !isNumber(right) || isPowerOfInts || operation == kMatrixMultiply) {
            push(kUnknown);
            return;
        }
        if (site != frontend::kNoSite && seen_[site].left.isBottom()) {
            seen_[site] = {left, right};
        }
        push(resultOf(operation, left, right));
    }

    const bytecode::Code& code_;
    std::vector<hir::Type> locals_;
    std::span<const hir::Type> constants_;
    std::vector<frontend::Seen>& seen_;
    std::vector<hir::Type> stack_;  // its upper part
};

}  // namespace

void guessOperands(const bytecode::Code& code, std::vector<hir::Type> locals, std::span<const hir::Type> constants,
                   std::vector<frontend::Seen>& seen) {
    Walk(code, std::move(locals), constants, seen).run();
}

}  // namespace pyjion::driver
