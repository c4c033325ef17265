// SPDX-License-Identifier: MIT
#include "python/code_units.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "python/frame.h"

namespace pyjion::python {
namespace {

constexpr uintptr_t kRegionBytes = 64 * 1024;
constexpr uintptr_t kBlockBytes = CodeUnits::kCapacity * sizeof(uint16_t);
/// Exception tables and jumps count units in an int, and so does PyCode_Addr2Line() with bytes, which finds no line for
/// ours then.
constexpr uintptr_t kReach = (uintptr_t{1} << 31) - kRegionBytes;

/// Of all regions, which live as long as the process: there are as many as places where code objects lie. Guarded by
/// the GIL.
std::vector<uint16_t*>& freeBlocks() {
    static auto* blocks = new std::vector<uint16_t*>;
    return *blocks;
}

bool isInReach(uintptr_t block, uintptr_t code) {
    return block > code && block - code < kReach;
}

struct Gap {
    uintptr_t start = 0;
    uintptr_t end = 0;
    bool isAboveHeap = false;
};

/// The address space between the mappings that lie above an address, lowest first.
std::vector<Gap> gapsAbove(uintptr_t address) {
    std::vector<Gap> gaps;
    std::unique_ptr<FILE, int (*)(FILE*)> maps(std::fopen("/proc/self/maps", "re"), std::fclose);
    if (!maps) {
        return gaps;
    }
    Gap gap;
    char line[512];
    while (std::fgets(line, sizeof(line), maps.get()) != nullptr) {
        unsigned long start = 0;
        unsigned long end = 0;
        char name[8] = "";
        if (std::sscanf(line, "%lx-%lx %*s %*s %*s %*s %7s", &start, &end, name) < 2) {
            continue;
        }
        gap.end = start;
        if (gap.start > address && gap.end - gap.start >= kRegionBytes) {
            gaps.push_back(gap);
        }
        gap = {end, 0, std::string_view(name) == "[heap]"};
    }
    return gaps;
}

/// Where in a gap: the heap grows upwards, and a stack downwards, so between them the highest place in reach and else
/// the lowest one is out of the way.
uintptr_t placeIn(const Gap& gap, uintptr_t code) {
    if (!gap.isAboveHeap) {
        return gap.start;
    }
    return std::min(gap.end, code + kReach) / kRegionBytes * kRegionBytes - kRegionBytes;
}

std::optional<uintptr_t> mapRegion(uintptr_t code) {
    for (const Gap& gap : gapsAbove(code)) {
        const uintptr_t place = placeIn(gap, code);
        if (place < gap.start || !isInReach(place, code)) {
            continue;
        }
        void* mapped = mmap(reinterpret_cast<void*>(place), kRegionBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (mapped == reinterpret_cast<void*>(place)) {
            return place;
        }
        if (mapped != MAP_FAILED) {
            munmap(mapped, kRegionBytes);  // a kernel older than MAP_FIXED_NOREPLACE
        }
    }
    return std::nullopt;
}

void divideRegion(uintptr_t start) {
    for (uintptr_t block = start; block + kBlockBytes <= start + kRegionBytes; block += kBlockBytes) {
        freeBlocks().push_back(reinterpret_cast<uint16_t*>(block));
    }
}

uint16_t* takeBlock(uintptr_t code) {
    std::vector<uint16_t*>& blocks = freeBlocks();
    auto found = std::find_if(blocks.rbegin(), blocks.rend(),
                              [code](uint16_t* block) { return isInReach(reinterpret_cast<uintptr_t>(block), code); });
    if (found == blocks.rend()) {
        return nullptr;
    }
    std::iter_swap(found, blocks.rbegin());
    uint16_t* block = blocks.back();
    blocks.pop_back();
    return block;
}

}  // namespace

CodeUnits CodeUnits::near(PyCodeObject* code) {
    return above(reinterpret_cast<uintptr_t>(firstInstruction(code)));
}

CodeUnits CodeUnits::above(uintptr_t address) {
    if (uint16_t* block = takeBlock(address)) {
        return CodeUnits(block);
    }
    if (std::optional<uintptr_t> region = mapRegion(address)) {
        divideRegion(*region);
        return CodeUnits(takeBlock(address));
    }
    return {};
}

CodeUnits::~CodeUnits() {
    if (first_ != nullptr) {
        freeBlocks().push_back(first_);  // has had room for it
    }
}

}  // namespace pyjion::python
