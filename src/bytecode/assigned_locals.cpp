// SPDX-License-Identifier: MIT
// Two data flows over basic blocks, on rows of bits with one bit per local. Forward: what is bound, met by
// intersection; it follows exceptions too. Backward: which of these bits a load uses before anything else decides about
// them.
#include "bytecode/assigned_locals.h"

#include <algorithm>
#include <bit>

#include "base/bit_row.h"

namespace pyjion::bytecode {
namespace {

// Blocks times locals: a flow has a bit for each.
constexpr uint64_t kMostBits = 16'000'000;

using base::BitRow;

// inspect.CO_VARARGS and CO_VARKEYWORDS: one more local each is bound at entry.
uint32_t countParameters(const PyCodeObject* code) {
    const int collected = ((code->co_flags & CO_VARARGS) != 0) + ((code->co_flags & CO_VARKEYWORDS) != 0);
    return static_cast<uint32_t>(code->co_argcount + code->co_kwonlyargcount + collected);
}

class Flow {
  public:
    Flow(const Code& code, size_t words, uint64_t initial)
        : code_(code), words_(words), rows_(words * code.blocks.size(), initial), state_(words) {}

    BitRow row(uint32_t block) { return BitRow(rows_).subspan(block * words_, words_); }
    std::vector<uint64_t> takeRows() { return std::move(rows_); }

  protected:
    const Code& code_;
    size_t words_;
    std::vector<uint64_t> rows_;   // where blocks begin
    std::vector<uint64_t> state_;  // of the instruction that is looked at
};

// What is bound where a block begins. A row is full until the block is reached.
class BoundFlow : public Flow {
  public:
    BoundFlow(const Code& code, size_t words)
        : Flow(code, words, ~uint64_t{0}), waits_(code.blocks.size()), reached_(code.blocks.size()) {}

    void run() {
        const BitRow entry = row(0);
        std::fill(entry.begin(), entry.end(), 0);
        for (uint32_t local = 0; local < countParameters(code_.object); local++) {
            base::add(entry, local);
        }
        waits_[0] = reached_[0] = true;
        // In code order, which differs from the order of control at jumps backwards alone.
        for (bool again = true; again;) {
            again = false;
            for (uint32_t block = 0; block < code_.blocks.size(); block++) {
                if (waits_[block]) {
                    waits_[block] = false;
                    again = true;
                    follow(block);
                }
            }
        }
    }

    // By ordinal: loads that find a value.
    std::vector<bool> loads() {
        std::vector<bool> bound(code_.instructions.size());
        for (uint32_t block = 0; block < code_.blocks.size(); block++) {
            if (!reached_[block]) {
                continue;
            }
            enter(block);
            for (uint32_t i = code_.blocks[block].first; i <= code_.blocks[block].last; i++) {
                const Instruction& instruction = code_.instructions[i];
                bound[i] = instruction.opcode == Opcode::LOAD_FAST && base::has(state_, instruction.argument);
                step(instruction);
            }
        }
        return bound;
    }

  private:
    void enter(uint32_t block) { std::copy_n(row(block).begin(), words_, state_.begin()); }

    // A load that finds no value raises.
    void step(const Instruction& instruction) {
        if (instruction.opcode == Opcode::LOAD_FAST || instruction.opcode == Opcode::STORE_FAST) {
            base::add(state_, instruction.argument);
        } else if (instruction.opcode == Opcode::DELETE_FAST) {
            base::remove(state_, instruction.argument);
        }
    }

    void reach(uint32_t block) {
        const bool smaller = base::intersect(row(block), state_);
        if (smaller || !reached_[block]) {
            waits_[block] = reached_[block] = true;
        }
    }

    // An exception takes the state from before its instruction, or from behind it, along to the handler. Less than
    // before is bound behind deletions alone, so that the other instructions of a range add nothing to its first.
    void follow(uint32_t block) {
        enter(block);
        const python::ExceptionEntry* range = nullptr;
        for (uint32_t i = code_.blocks[block].first; i <= code_.blocks[block].last; i++) {
            const Instruction& instruction = code_.instructions[i];
            const python::ExceptionEntry* handler = code_.handlerFor(instruction.index);
            if (handler != nullptr && handler != range) {
                reach(code_.at(handler->target)->block);
            }
            range = handler;
            step(instruction);
            if (handler != nullptr && instruction.opcode == Opcode::DELETE_FAST) {
                reach(code_.at(handler->target)->block);
            }
        }
        for (uint32_t successor : code_.blocks[block].successors) {
            reach(successor);
        }
    }

    std::vector<bool> waits_;
    std::vector<bool> reached_;
};

// What the loads that find a value count on where a block begins.
class NeededFlow : public Flow {
  public:
    NeededFlow(const Code& code, size_t words, const std::vector<bool>& bound) : Flow(code, words, 0), bound_(bound) {}

    void run() {
        for (bool again = true; again;) {
            again = false;
            for (auto block = static_cast<uint32_t>(code_.blocks.size()); block-- > 0;) {
                again |= follow(block);
            }
        }
    }

  private:
    bool follow(uint32_t number) {
        const Block& block = code_.blocks[number];
        std::fill(state_.begin(), state_.end(), 0);
        if (!suspends(code_.instructions[block.last].opcode)) {
            for (uint32_t successor : block.successors) {
                base::unite(state_, row(successor));
            }
        }
        for (uint32_t i = block.last + 1; i-- > block.first;) {
            const Instruction& instruction = code_.instructions[i];
            if (bound_[i]) {
                base::add(state_, instruction.argument);
            } else if (instruction.opcode == Opcode::LOAD_FAST || instruction.opcode == Opcode::STORE_FAST ||
                       instruction.opcode == Opcode::DELETE_FAST) {
                base::remove(state_, instruction.argument);
            }
        }
        return base::unite(row(number), state_);
    }

    const std::vector<bool>& bound_;
};

}  // namespace

AssignedLocals::AssignedLocals(const Code& code) {
    const auto locals = static_cast<uint64_t>(code.object->co_nlocalsplus);
    if (locals == 0 || locals * code.blocks.size() > kMostBits) {
        return;
    }
    words_ = base::rowWords(locals);
    BoundFlow flow(code, words_);
    flow.run();
    bound_ = flow.loads();
    NeededFlow needs(code, words_, bound_);
    needs.run();
    needed_ = needs.takeRows();
}

std::vector<uint32_t> AssignedLocals::neededAt(uint32_t block) const {
    std::vector<uint32_t> locals;
    for (size_t word = 0; word < words_; word++) {
        for (uint64_t bits = needed_[block * words_ + word]; bits != 0; bits &= bits - 1) {
            locals.push_back(
                static_cast<uint32_t>(word * base::kRowWordBits + static_cast<size_t>(std::countr_zero(bits))));
        }
    }
    return locals;
}

}  // namespace pyjion::bytecode
