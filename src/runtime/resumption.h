// SPDX-License-Identifier: MIT
// The places at which generators go on in compiled code, found by the position that a suspended frame has: it says
// which code object it is of, and where it stands in it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/entry.h"

namespace pyjion::runtime {

/// A place: the code unit behind what suspends the generator. The driver has one for each that it watches.
struct Resumption {
    const uint16_t* position = nullptr;            // the running code unit of a frame that is suspended there
    CompiledBody::ObjectFunction* body = nullptr;  // entered at resume point 0; null: ResumptionHook is asked
    CodeEntry* entry = nullptr;                    // of the code
    uint64_t runs = 0;                             // compiled ones
};

/// Open addressing with linear probing, at most half full: a suspended generator of code that is not watched costs one
/// look as a rule.
class ResumptionTable {
  public:
    Resumption* at(const uint16_t* position) const {
        if (slots_ == nullptr) {
            return nullptr;
        }
        for (size_t i = home(position);; i = (i + 1) & mask()) {
            Resumption* found = slots_[i];
            if (found == nullptr || found->position == position) {
                return found;
            }
        }
    }
    /// It stays where it is until it is removed. Throws std::bad_alloc, and nothing has changed then.
    void add(Resumption* resumption);
    void remove(Resumption* resumption);
    size_t size() const { return size_; }

  private:
    size_t mask() const { return capacity_ - 1; }
    size_t home(const uint16_t* position) const {
        constexpr uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
        return (reinterpret_cast<uintptr_t>(position) / sizeof(uint16_t) * kGoldenRatio) >> shift_;
    }
    void put(Resumption* resumption);

    Resumption** slots_ = nullptr;  // never freed: generators may go on while the process ends
    size_t capacity_ = 0;           // a power of two
    size_t size_ = 0;
    int shift_ = 64;  // of the product's bits, the upper ones are the slot's number
};

}  // namespace pyjion::runtime
