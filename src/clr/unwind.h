// SPDX-License-Identifier: MIT
// From the JIT's unwind records to DWARF call-frame information.
//
// Input: the 8-byte records of allocUnwindInfo (target ABI 0x300). Output: position-independent DWARF instructions for
// one function, and .eh_frame sections made of several functions. Only prologues are described: that is all that
// unwinding from calls needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace pyjion::clr {

struct UnwindInfo {
    std::vector<uint8_t> instructions;  // DW_CFA_…, for a FDE that starts at the function's first byte
    uint32_t frameBytes = 0;            // largest distance between the stack pointer and the return address
};

/// Translates the records of one function; the error is the reason why they cannot be understood.
base::Result<UnwindInfo, std::string> readUnwindRecords(std::span<const uint8_t> records);

/// A .eh_frame section: one CIE, an entry per function, a terminator. Must not be registered while it is changed.
class EhFrame {
  public:
    EhFrame();

    /// Returns a name for the entry. Nothing has changed when there is no memory for it.
    size_t add(const void* code, size_t size, std::span<const uint8_t> instructions);
    /// The entry stays where it is and describes nothing any more.
    void remove(size_t entry);

    std::vector<uint8_t>& bytes() { return bytes_; }
    /// Bytes that removed entries take.
    size_t waste() const { return waste_; }

  private:
    std::vector<uint8_t> bytes_;
    size_t waste_ = 0;
};

}  // namespace pyjion::clr
