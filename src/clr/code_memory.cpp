// SPDX-License-Identifier: MIT
// Slabs, gaps, page protections and unwind registration.
#include "clr/code_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "base/check.h"

// The unwinder's registry of call-frame tables (libgcc). With a record of the caller's, so that it needs no memory
// (__register_frame does not look whether it got any).
extern "C" void __register_frame_info(const void* table, void* registration);
extern "C" void* __deregister_frame_info(const void* table);

namespace pyjion::clr {

namespace {

size_t roundUp(size_t size, size_t unit) {
    return (size + unit - 1) / unit * unit;
}

size_t pageSize() {
    static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    return size;
}

base::Failure<CodeMemoryError> refused(const char* what, int error) {
    if (error == ENOMEM) {
        return base::fail(CodeMemoryError{
            CodeMemoryErrorKind::OutOfMemory,
            fmt::format("no memory for machine code ({}: {}): the limit on address space or on the number of mappings "
                        "is reached",
                        what, std::strerror(error))});
    }
    return base::fail(CodeMemoryError{
        CodeMemoryErrorKind::ExecutionRefused,
        fmt::format("the system refuses memory for machine code ({}: {}); a security policy forbids it, for example "
                    "SELinux execmem, systemd MemoryDenyWriteExecute or a seccomp filter. Nothing can be compiled in "
                    "this process",
                    what, std::strerror(error))});
}

/// Whether the system would make a page executable that has been written.
base::Result<bool, CodeMemoryError> tryMakingExecutable() {
    void* page = mmap(nullptr, pageSize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return refused("mmap", errno);
    }
    const bool granted = mprotect(page, pageSize(), PROT_READ | PROT_EXEC) == 0;
    const int error = errno;
    munmap(page, pageSize());
    return granted ? base::Result<bool, CodeMemoryError>(true) : refused("mprotect", error);
}

}  // namespace

CodeMemory& CodeMemory::instance() {
    // Never destroyed: compiled functions may outlive static destructors.
    static CodeMemory* memory = new CodeMemory;
    return *memory;
}

CodeMemory::~CodeMemory() {
    PYJION_CHECK(statistics_.blocks == 0, "{} blocks of machine code were not given back", statistics_.blocks);
    while (!slabs_.empty()) {
        dropSlab(*slabs_.begin()->second);
    }
}

base::Result<CodeMemory::Slab*, CodeMemoryError> CodeMemory::addSlab(size_t atLeast) {
    const size_t size = std::max(kSlabSize, roundUp(atLeast, pageSize()));
    // All that needs memory comes before the mapping, which would be lost otherwise.
    Slabs added;
    Slab* slab = added.emplace(nullptr, std::make_unique<Slab>()).first->second.get();
    slab->size = size;
    slab->gaps.emplace(0, size);
    void* base = mmap(nullptr, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) {
        return refused("mmap", errno);
    }
    slab->base = static_cast<std::byte*>(base);
    auto node = added.extract(added.begin());
    node.key() = slab->base;
    slabs_.insert(std::move(node));
    ++statistics_.slabs;
    statistics_.bytesReserved += size;
    return slab;
}

// First fit, in the order of addresses: functions stay close together and slabs at the end become empty.
base::Result<CodeMemory::Slab*, CodeMemoryError> CodeMemory::findRoom(size_t size, size_t* offset) {
    for (auto& [base, slab] : slabs_) {
        for (auto& [gapOffset, gapSize] : slab->gaps) {
            if (gapSize >= size) {
                *offset = gapOffset;
                return slab.get();
            }
        }
    }
    *offset = 0;
    return addSlab(size);
}

CodeMemory::Slab& CodeMemory::slabOf(const std::byte* address) {
    auto after = slabs_.upper_bound(const_cast<std::byte*>(address));
    PYJION_CHECK(after != slabs_.begin(), "address is not in code memory");
    Slab& slab = *std::prev(after)->second;
    PYJION_CHECK(address < slab.base + slab.size, "address is not in code memory");
    return slab;
}

void CodeMemory::dropSlab(Slab& slab) {
    unregisterUnwind(slab);
    munmap(slab.base, slab.size);
    --statistics_.slabs;
    statistics_.bytesReserved -= slab.size;
    slabs_.erase(slab.base);
}

// Keeps at most one empty slab, so that a program that compiles and frees one function does not map and unmap each
// time.
void CodeMemory::dropSpareSlabs(Slab& emptied) {
    if (emptied.size > kSlabSize) {
        dropSlab(emptied);
        return;
    }
    for (auto& [base, slab] : slabs_) {
        if (slab.get() != &emptied && slab->functions.empty()) {
            dropSlab(emptied);
            return;
        }
    }
}

// The pages of a gap that has grown to a quarter, a half, the whole of a slab: one long-lived function does not keep
// all that once surrounded it. A single function that is compiled and freed again and again keeps its pages.
void CodeMemory::returnPages(Slab& slab, size_t offset, size_t size, size_t largestPart) {
    constexpr size_t kWorthReturning = kSlabSize / 8;
    bool crosses = false;
    for (size_t mark = kSlabSize; mark >= kSlabSize / 4; mark /= 2) {
        crosses = crosses || (size >= mark && largestPart < mark);
    }
    const size_t first = roundUp(offset, pageSize());
    const size_t end = (offset + size) / pageSize() * pageSize();
    if (crosses && slab.written >= kWorthReturning && madvise(slab.base + first, end - first, MADV_DONTNEED) == 0) {
        slab.written = std::min(slab.written, slab.size - size);
    }
}

base::Result<bool, CodeMemoryError> CodeMemory::copyInto(Slab& slab, size_t offset, std::span<const std::byte> bytes) {
    const size_t first = offset / pageSize() * pageSize();
    const size_t length = roundUp(offset + bytes.size(), pageSize()) - first;
    if (!slab.functions.empty()) {
        if (auto granted = tryMakingExecutable(); !granted) {
            return granted;
        }
    }
    if (mprotect(slab.base + first, length, PROT_READ | PROT_WRITE) != 0) {
        return refused("mprotect", errno);
    }
    std::memcpy(slab.base + offset, bytes.data(), bytes.size());
    slab.written = std::min(slab.written + length, slab.size);
    if (mprotect(slab.base + first, length, PROT_READ | PROT_EXEC) == 0) {
        return true;
    }
    const int error = errno;
    // A moment ago it could be done. Other functions live in these pages and are lost if the pages stay as they are.
    const bool restored = mprotect(slab.base, slab.size, PROT_READ | PROT_EXEC) == 0;
    PYJION_CHECK(restored || slab.functions.empty(), "machine code cannot be made executable again: {}",
                 std::strerror(error));
    return refused("mprotect", error);
}

// One table per slab: the unwinder searches its list of tables linearly, also for frames that have nothing to do with
// us.
void CodeMemory::unregisterUnwind(Slab& slab) {
    if (!slab.functions.empty()) {
        __deregister_frame_info(slab.ehFrame.bytes().data());
    }
}

void CodeMemory::registerUnwind(Slab& slab) {
    if (!slab.functions.empty()) {
        __register_frame_info(slab.ehFrame.bytes().data(), slab.registration.data());
    }
}

void CodeMemory::rebuildUnwind(Slab& slab) {
    EhFrame fresh;
    std::vector<size_t> entries;
    for (const auto& [offset, function] : slab.functions) {
        entries.push_back(fresh.add(slab.base + offset, function.codeSize, function.unwindInstructions));
    }
    auto entry = entries.begin();
    for (auto& [offset, function] : slab.functions) {
        function.ehFrameEntry = *entry++;
    }
    slab.ehFrame = std::move(fresh);
}

void CodeMemory::addFunction(Slab& slab, size_t offset, PlacedFunction function) {
    const UnwindChange change(slab);
    auto added = slab.functions.try_emplace(offset, std::move(function)).first;
    PlacedFunction& placed = added->second;
    try {
        placed.ehFrameEntry = slab.ehFrame.add(slab.base + offset, placed.codeSize, placed.unwindInstructions);
    } catch (const std::bad_alloc&) {
        slab.functions.erase(added);
        throw;
    }
}

CodeMemory::Gaps::node_type CodeMemory::removeFunction(Slab& slab, size_t offset) {
    const UnwindChange change(slab);
    auto function = slab.functions.find(offset);
    slab.ehFrame.remove(function->second.ehFrameEntry);
    Gaps::node_type gap = std::move(function->second.futureGap);
    slab.functions.erase(function);
    if (slab.ehFrame.waste() * 2 > slab.ehFrame.bytes().size()) {
        try {
            rebuildUnwind(slab);
        } catch (const std::bad_alloc&) {
            // The table with the waste in it is right too.
        }
    }
    return gap;
}

void CodeMemory::returnGap(Slab& slab, Gaps::node_type gap) {
    size_t offset = gap.key();
    size_t size = gap.mapped();
    size_t largestPart = 0;
    auto next = slab.gaps.lower_bound(offset);
    if (next != slab.gaps.end() && offset + size == next->first) {
        largestPart = next->second;
        size += next->second;
        next = slab.gaps.erase(next);
    }
    if (next != slab.gaps.begin()) {
        auto previous = std::prev(next);
        if (previous->first + previous->second == offset) {
            largestPart = std::max(largestPart, previous->second);
            offset = previous->first;
            size += previous->second;
            slab.gaps.erase(previous);
        }
    }
    gap.key() = offset;
    gap.mapped() = size;
    slab.gaps.insert(std::move(gap));
    returnPages(slab, offset, size, largestPart);
}

base::Result<CodeBlock, CodeMemoryError> CodeMemory::place(std::span<const std::byte> image, size_t codeSize,
                                                           std::span<const uint8_t> unwindInstructions) {
    ForkMutex::Lock lock(mutex_);
    const size_t size = roundUp(std::max<size_t>(image.size(), 1), kAlignment);
    if (size > statistics_.limit || statistics_.bytesInUse > statistics_.limit - size) {
        ++statistics_.refusedByLimit;
        return base::fail(CodeMemoryError{
            CodeMemoryErrorKind::LimitReached,
            fmt::format("the limit on machine code is reached: {} bytes are in use and {} more were needed, the limit "
                        "is {}",
                        statistics_.bytesInUse, size, statistics_.limit)});
    }
    size_t offset = 0;
    auto found = findRoom(size, &offset);
    if (!found) {
        return base::fail(found.error());
    }
    Slab& slab = **found;
    auto copied = copyInto(slab, offset, image);
    if (!copied) {
        if (slab.functions.empty()) {
            dropSlab(slab);
        }
        return base::fail(copied.error());
    }
    Gaps gap = {{offset, size}};
    addFunction(slab, offset,
                {size, codeSize, {unwindInstructions.begin(), unwindInstructions.end()}, 0, gap.extract(gap.begin())});
    takeRoom(slab, offset, size);
    return CodeBlock{slab.base + offset, size};
}

/// From the start of the gap there.
void CodeMemory::takeRoom(Slab& slab, size_t offset, size_t size) {
    auto gap = slab.gaps.extract(offset);
    if (gap.mapped() > size) {
        gap.key() = offset + size;
        gap.mapped() -= size;
        slab.gaps.insert(std::move(gap));
    }
    ++statistics_.blocks;
    statistics_.bytesInUse += size;
}

void CodeMemory::free(CodeBlock block) {
    ForkMutex::Lock lock(mutex_);
    Slab& slab = slabOf(block.address);
    const auto offset = static_cast<size_t>(block.address - slab.base);
    const auto function = slab.functions.find(offset);
    PYJION_CHECK(function != slab.functions.end() && function->second.blockSize == block.size,
                 "a block of machine code is freed that was not placed");
    returnGap(slab, removeFunction(slab, offset));
    --statistics_.blocks;
    statistics_.bytesInUse -= block.size;
    if (slab.functions.empty()) {
        dropSpareSlabs(slab);
    }
}

base::Result<bool, CodeMemoryError> CodeMemory::write(CodeBlock block, size_t offset,
                                                      std::span<const std::byte> bytes) {
    ForkMutex::Lock lock(mutex_);
    PYJION_CHECK(offset <= block.size && bytes.size() <= block.size - offset, "write beyond a block of machine code");
    Slab& slab = slabOf(block.address);
    return copyInto(slab, static_cast<size_t>(block.address - slab.base) + offset, bytes);
}

base::Result<bool, CodeMemoryError> CodeMemory::probe() {
    static constexpr std::byte kReturn[] = {std::byte{0xc3}};
    auto block = place(kReturn, sizeof kReturn, {});
    if (!block) {
        return base::fail(block.error());
    }
    free(*block);
    return true;
}

void CodeMemory::setLimit(size_t bytes) {
    ForkMutex::Lock lock(mutex_);
    statistics_.limit = bytes;
}

CodeMemoryStatistics CodeMemory::statistics() {
    ForkMutex::Lock lock(mutex_);
    return statistics_;
}

}  // namespace pyjion::clr
