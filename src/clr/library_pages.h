// SPDX-License-Identifier: MIT
// The pages of a loaded library that the process can do without for a moment: its code and constants, which nobody has
// written. The system maps them again, out of its cache, when they are used next.
//
// A large method walks once through most of the JIT, phase by phase, while its own memory grows. Without this, code of
// phases that are over counts for the process just when it needs most memory.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace pyjion::clr {

class LibraryPages {
  public:
    /// Of none.
    LibraryPages() = default;
    /// Of the library, or of the program, that has this address; of none, where there is no such library.
    explicit LibraryPages(const void* address);

    /// Until they are used again.
    void release() const;
    /// Those of several libraries, unless a debugger is attached, which may have written into them.
    static void releaseAll(std::span<const LibraryPages> libraries);

    /// Of all segments that are released.
    size_t bytes() const;

  private:
    friend struct LibrarySearch;
    struct Segment {
        void* start = nullptr;
        size_t size = 0;
    };
    void add(size_t start, size_t end);

    /// More than linkers make; what is beyond is not released. No memory is asked for.
    std::array<Segment, 4> segments_;
};

}  // namespace pyjion::clr
