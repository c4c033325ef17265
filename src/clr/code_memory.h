// SPDX-License-Identifier: MIT
// Memory for machine code: slabs that are readable and executable, except for the moment in which a block is written,
// when the pages concerned are readable and writable. Never both.
//
// A process may forbid itself at any time to make memory executable. Code that is there stays: before pages with code
// are made writable, a page without any shows whether they could be made executable again.
//
// The mappings are private: a forked child and its parent share nothing that either could change. Callers hold the GIL,
// so nobody runs code of a page while it is being written; the lock protects only the tables. A slab's blocks share one
// registered unwind table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "clr/fork_mutex.h"
#include "clr/unwind.h"

namespace pyjion::clr {

enum class CodeMemoryErrorKind { LimitReached, OutOfMemory, ExecutionRefused };

struct CodeMemoryError {
    CodeMemoryErrorKind kind;
    std::string message;
};

struct CodeBlock {
    std::byte* address = nullptr;
    size_t size = 0;  // what was asked for, rounded up
};

struct CodeMemoryStatistics {
    size_t bytesInUse = 0;
    size_t blocks = 0;
    size_t slabs = 0;
    size_t bytesReserved = 0;
    size_t limit = 0;
    size_t refusedByLimit = 0;
};

class CodeMemory {
  public:
    static constexpr size_t kSlabSize = 256 * 1024;
    static constexpr size_t kAlignment = 64;
    static constexpr size_t kDefaultLimit = 256 * 1024 * 1024;

    CodeMemory() = default;
    CodeMemory(const CodeMemory&) = delete;
    CodeMemory& operator=(const CodeMemory&) = delete;
    /// Every block must have been given back.
    ~CodeMemory();

    /// The process's instance.
    static CodeMemory& instance();

    /// Puts a copy of `image` into executable memory. The first `codeSize` bytes are machine code, described for
    /// unwinders by `unwindInstructions` (see UnwindInfo).
    base::Result<CodeBlock, CodeMemoryError> place(std::span<const std::byte> image, size_t codeSize,
                                                   std::span<const uint8_t> unwindInstructions);
    void free(CodeBlock block);

    /// Overwrites a part of a placed block. Nobody may be running that part.
    base::Result<bool, CodeMemoryError> write(CodeBlock block, size_t offset, std::span<const std::byte> bytes);

    /// Whether the system lets this process have executable memory at all; the error says what stands against it.
    base::Result<bool, CodeMemoryError> probe();

    /// No block is placed that would bring the bytes in use above this.
    void setLimit(size_t bytes);
    CodeMemoryStatistics statistics();

  private:
    using Gaps = std::map<size_t, size_t>;  // offset -> size of free space; no two adjacent
    struct PlacedFunction {
        size_t blockSize = 0;
        size_t codeSize = 0;
        std::vector<uint8_t> unwindInstructions;
        size_t ehFrameEntry = 0;
        Gaps::node_type futureGap;  // so that freeing the function takes no memory
    };
    struct Slab {
        std::byte* base = nullptr;
        size_t size = 0;
        size_t written = 0;  // bytes that may take memory, at most
        Gaps gaps;
        std::map<size_t, PlacedFunction> functions;  // by offset
        EhFrame ehFrame;                             // registered while there are functions
        /// The unwinder's own record of `ehFrame`: six words today.
        std::array<void*, 16> registration = {};
    };
    /// The slab's unwind table is changed: it is not registered meanwhile.
    class UnwindChange {
      public:
        explicit UnwindChange(Slab& slab) : slab_(slab) { unregisterUnwind(slab_); }
        ~UnwindChange() { registerUnwind(slab_); }
        UnwindChange(const UnwindChange&) = delete;
        UnwindChange& operator=(const UnwindChange&) = delete;

      private:
        Slab& slab_;
    };
    using Slabs = std::map<std::byte*, std::unique_ptr<Slab>>;

    base::Result<Slab*, CodeMemoryError> findRoom(size_t size, size_t* offset);
    base::Result<Slab*, CodeMemoryError> addSlab(size_t atLeast);
    Slab& slabOf(const std::byte* address);
    void dropSlab(Slab& slab);
    void dropSpareSlabs(Slab& emptied);
    static void returnPages(Slab& slab, size_t offset, size_t size, size_t largestPart);
    static base::Result<bool, CodeMemoryError> copyInto(Slab& slab, size_t offset, std::span<const std::byte> bytes);
    void takeRoom(Slab& slab, size_t offset, size_t size);
    static void addFunction(Slab& slab, size_t offset, PlacedFunction function);
    static Gaps::node_type removeFunction(Slab& slab, size_t offset);
    static void unregisterUnwind(Slab& slab);
    static void registerUnwind(Slab& slab);
    static void rebuildUnwind(Slab& slab);
    static void returnGap(Slab& slab, Gaps::node_type gap);

    ForkMutex mutex_;
    Slabs slabs_;
    CodeMemoryStatistics statistics_ = {.limit = kDefaultLimit};
};

}  // namespace pyjion::clr
