// SPDX-License-Identifier: MIT
// Tells gdb about compiled functions, when enabled: a small ELF object in memory for each, through gdb's JIT interface.
// gdb then shows their names in backtraces and can unwind through them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace pyjion::clr {

/// Affects functions that are placed from now on. Off at start.
void setGdbInterfaceEnabled(bool enabled);
bool isGdbInterfaceEnabled();

/// The object file that describes one function. It holds its own address: the bytes must stay where the result has
/// them.
std::vector<std::byte> gdbObjectFile(std::string_view symbol, const void* code, size_t size,
                                     std::span<const uint8_t> unwindInstructions);

/// One function that gdb knows of, as long as this object lives.
class GdbEntry {
  public:
    GdbEntry(std::string_view symbol, const void* code, size_t size, std::span<const uint8_t> unwindInstructions);
    ~GdbEntry();
    GdbEntry(const GdbEntry&) = delete;
    GdbEntry& operator=(const GdbEntry&) = delete;

  private:
    struct Node;
    std::vector<std::byte> object_;
    std::unique_ptr<Node> node_;
};

}  // namespace pyjion::clr
