// SPDX-License-Identifier: MIT
// ICorJitHost: memory and configuration for the JIT. The JIT keeps the object for the rest of the process.
//
// Compiling takes arena memory in slabs of 64 KiB, several per method; fetching them from the system each time costs up
// to a third of the compile time, so they are pooled, and as many are kept as the compiles of late needed.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "clr/fork_mutex.h"
#include "clr/jit_interface.h"
#include "clr/library_pages.h"

namespace pyjion::clr {

/// JIT knobs by name, without prefix ("EnableAVX2" -> "0"); numbers are decimal.
using JitConfig = std::map<std::string, std::string, std::less<>>;

struct HostObject {
    const HostTable* table;
};

class Host : public HostObject {
  public:
    static constexpr size_t kSlabSize = 64 * 1024;
    /// What the pool keeps at least and at most.
    static constexpr size_t kLeastBytesKept = 2 * 1024 * 1024;
    static constexpr size_t kMostBytesKept = 6 * 1024 * 1024;
    /// Each time that the JIT holds so many more, libraries give up their pages. To map them again takes a few
    /// milliseconds in all, of the tens that such a method takes.
    static constexpr size_t kSlabsBetweenReleases = 40;

    /// `config` is added to, and wins over, the settings that pyjion always uses.
    explicit Host(const JitConfig& config);
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// Libraries whose pages are released while a large method is compiled.
    using Libraries = std::array<LibraryPages, 3>;
    void releaseWhenLarge(const Libraries& libraries) { libraries_ = libraries; }

    /// After each compile: pooled slabs go back to the system, but those that it needed, and three quarters of those
    /// that were kept before.
    void trim();

    size_t pooledBytes() const { return pooled_ * kSlabSize; }
    /// Slabs that the JIT holds now: 0 between compiles.
    size_t slabsInUse() const { return slabsInUse_; }

  private:
    static const HostTable kTable;
    static int intConfig(HostObject* self, const char* name, int fallback);
    static const char* stringConfig(HostObject* self, const char* name);
    static void* takeSlab(HostObject* self, size_t size, size_t* actualSize);
    static void giveSlab(HostObject* self, void* slab, size_t size);

    JitConfig config_;
    Libraries libraries_;
    ForkMutex mutex_;
    /// A slab that nobody uses holds the link to the next one: giving a slab back takes no memory.
    struct FreeSlab {
        FreeSlab* next;
    };
    void* takePooled();
    void unmapRun(size_t most);

    FreeSlab* pool_ = nullptr;
    size_t pooled_ = 0;
    size_t slabsInUse_ = 0;
    size_t mostInUse_ = 0;  // since the last trim
    size_t kept_ = 0;       // by that
};

}  // namespace pyjion::clr
