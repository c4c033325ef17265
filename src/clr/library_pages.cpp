// SPDX-License-Identifier: MIT
#include "clr/library_pages.h"

#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace pyjion::clr {

/// What dl_iterate_phdr looks for.
struct LibrarySearch {
    uintptr_t address;
    LibraryPages found;

    static int visit(dl_phdr_info* info, size_t, void* argument);
};

namespace {

/// Segments with relocations count as writable, though they are protected later; code has none, as a rule.
bool hasTextRelocations(const ElfW(Dyn) * row) {
    for (; row->d_tag != DT_NULL; ++row) {
        if (row->d_tag == DT_TEXTREL || (row->d_tag == DT_FLAGS && (row->d_un.d_val & DF_TEXTREL) != 0)) {
            return true;
        }
    }
    return false;
}

}  // namespace

int LibrarySearch::visit(dl_phdr_info* info, size_t, void* argument) {
    auto* search = static_cast<LibrarySearch*>(argument);
    bool isIt = false;
    bool canBeReleased = true;
    LibraryPages pages;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        const uintptr_t start = info->dlpi_addr + header.p_vaddr;
        if (header.p_type == PT_DYNAMIC) {
            canBeReleased = !hasTextRelocations(reinterpret_cast<const ElfW(Dyn)*>(start));
        } else if (header.p_type == PT_LOAD) {
            isIt = isIt || (search->address >= start && search->address < start + header.p_memsz);
            if ((header.p_flags & PF_W) == 0) {
                pages.add(start, start + header.p_memsz);
            }
        }
    }
    if (isIt && canBeReleased) {
        search->found = pages;
    }
    return isIt;
}

LibraryPages::LibraryPages(const void* address) {
    LibrarySearch search{reinterpret_cast<uintptr_t>(address), {}};
    dl_iterate_phdr(LibrarySearch::visit, &search);
    *this = search.found;
}

/// Whole pages: a page at an edge may belong to a neighbour that is written.
void LibraryPages::add(size_t start, size_t end) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const uintptr_t first = (start + page - 1) / page * page;
    const uintptr_t last = end / page * page;
    for (Segment& segment : segments_) {
        if (segment.size == 0 && first < last) {
            segment = {reinterpret_cast<void*>(first), last - first};
            return;
        }
    }
}

namespace {

/// Breakpoints are written into pages, which are the process's own then, and would be lost. No memory is asked for.
bool isDebugged() {
    const int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return true;
    }
    std::array<char, 4096> text{};
    const ssize_t size = read(file, text.data(), text.size() - 1);
    close(file);
    const char* tracer = size > 0 ? std::strstr(text.data(), "TracerPid:\t") : nullptr;
    return tracer == nullptr || std::strncmp(tracer, "TracerPid:\t0\n", 13) != 0;
}

}  // namespace

void LibraryPages::releaseAll(std::span<const LibraryPages> libraries) {
    if (!isDebugged()) {
        for (const LibraryPages& library : libraries) {
            library.release();
        }
    }
}

void LibraryPages::release() const {
    for (const Segment& segment : segments_) {
        if (segment.size != 0) {
            // Refused for locked memory, which is right.
            madvise(segment.start, segment.size, MADV_DONTNEED);
        }
    }
}

size_t LibraryPages::bytes() const {
    size_t sum = 0;
    for (const Segment& segment : segments_) {
        sum += segment.size;
    }
    return sum;
}

}  // namespace pyjion::clr
