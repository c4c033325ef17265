// SPDX-License-Identifier: MIT
// Which loads of locals certainly find a value, from the code alone: a parameter is bound, and so is what was stored or
// loaded on every way to a load, and not deleted since. Input: decoded bytecode. Output: those loads, and for each
// basic block the locals that its loads, and those behind it, count on. Whoever lets code begin at a block with a frame
// that something else than the code's own instructions may have changed has to look at these locals first.
#pragma once

#include <cstdint>
#include <vector>

#include "bytecode/decode.h"

namespace pyjion::bytecode {

class AssignedLocals {
  public:
    /// Nothing is known.
    AssignedLocals() = default;
    /// Of code that is too large nothing is known either.
    explicit AssignedLocals(const Code& code);

    /// Whether the LOAD_FAST with this ordinal certainly finds a value.
    bool isBound(uint32_t ordinal) const { return ordinal < bound_.size() && bound_[ordinal]; }
    /// The locals that must be bound where this block begins, so that what isBound() says holds until control leaves
    /// the code by an exception or suspends: where it goes on, the block there has locals of its own. In ascending
    /// order.
    std::vector<uint32_t> neededAt(uint32_t block) const;

  private:
    std::vector<bool> bound_;       // by ordinal
    std::vector<uint64_t> needed_;  // a row of bits per block
    size_t words_ = 0;              // of a row
};

}  // namespace pyjion::bytecode
