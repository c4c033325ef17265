// SPDX-License-Identifier: MIT
// A compiled method in executable memory: [machine code][read-only data][constant pool], which refer to each other only
// by distance. The block holds no absolute address but the words of the pool, so a byte-wise copy of it runs anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "clr/code_memory.h"
#include "clr/gdb_interface.h"

namespace pyjion::clr {

/// Machine code from `nativeOffset` on comes from the CIL at `ilOffset`.
struct NativeMapEntry {
    static constexpr uint32_t kNoIl = 0xFFFFFFFF;
    static constexpr uint32_t kProlog = 0xFFFFFFFE;
    static constexpr uint32_t kEpilog = 0xFFFFFFFD;
    static constexpr uint32_t kFirstKind = kEpilog;

    uint32_t nativeOffset;
    uint32_t ilOffset;
    bool isIl() const { return ilOffset < kFirstKind; }
};

/// All that is known about a method's code apart from where it is.
struct CodeDescription {
    std::string name;
    uint32_t codeSize = 0;
    uint32_t roDataOffset = 0;
    uint32_t roDataSize = 0;
    uint32_t poolOffset = 0;
    uint32_t imageSize = 0;
    std::vector<std::string> poolNames;  // the method's own entries, then those for helpers of the JIT
    uint32_t ownPoolEntries = 0;
    std::vector<NativeMapEntry> map;  // ascending by nativeOffset
    std::vector<uint8_t> unwindInstructions;
    uint32_t frameBytes = 0;
    bool optimised = false;
    bool switchedToMinOpts = false;  // although optimised code was asked for
    bool internalRetry = false;      // the JIT failed inside and started again without optimising
};

class NativeCode {
  public:
    /// Puts a copy of `image` into `memory`, and tells gdb and perf about it if they are to know.
    static base::Result<std::unique_ptr<NativeCode>, CodeMemoryError> place(
        CodeMemory& memory, std::span<const std::byte> image, std::shared_ptr<const CodeDescription> description);
    ~NativeCode();
    NativeCode(const NativeCode&) = delete;
    NativeCode& operator=(const NativeCode&) = delete;

    const void* entry() const { return block_.address; }
    template <typename Function>
    Function* as() const {
        return reinterpret_cast<Function*>(block_.address);
    }

    const CodeDescription& description() const { return *description_; }
    std::span<const std::byte> code() const { return {block_.address, description_->codeSize}; }
    std::span<const std::byte> image() const { return {block_.address, description_->imageSize}; }
    bool contains(const void* address) const;

    uint64_t poolValue(uint32_t index) const;
    /// Overwrites a word of the pool. No thread may be reading it, hence: under the GIL, between instructions that do.
    base::Result<bool, CodeMemoryError> setPoolValue(uint32_t index, uint64_t value);

    /// The IL offset that the instruction before `returnAddress` (a call's return address) came from, or kNoIl. Good
    /// for listings and debuggers; not exact in optimised code, where the JIT may move a call to the only use of its
    /// result.
    uint32_t ilOffsetOfCall(const void* returnAddress) const;

    /// The same code at another place of `memory`.
    base::Result<std::unique_ptr<NativeCode>, CodeMemoryError> copyTo(CodeMemory& memory) const;

  private:
    NativeCode(CodeMemory& memory, std::shared_ptr<const CodeDescription> description);
    void announce();

    CodeMemory& memory_;
    CodeBlock block_;
    std::shared_ptr<const CodeDescription> description_;
    std::unique_ptr<GdbEntry> gdbEntry_;
};

}  // namespace pyjion::clr
