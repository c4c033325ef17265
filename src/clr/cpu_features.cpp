// SPDX-License-Identifier: MIT
// CPUID and XCR0 (Intel SDM volume 1, 13.3 and 14.3) turned into levels. What a level consists of is what the JIT of
// .NET 10 groups under one bit.
#include "clr/cpu_features.h"

#include <cpuid.h>

namespace pyjion::clr {

namespace {

struct CpuidWords {
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

CpuidWords cpuid(uint32_t leaf) {
    CpuidWords words;
    if (!__get_cpuid_count(leaf, 0, &words.eax, &words.ebx, &words.ecx, &words.edx)) {
        return {};
    }
    return words;
}

constexpr uint32_t bit(int index) {
    return 1u << index;
}
constexpr bool hasAll(uint32_t word, uint32_t mask) {
    return (word & mask) == mask;
}

// SSE3, SSSE3, SSE4.1, SSE4.2, POPCNT
constexpr uint32_t kSse42Leaf1Ecx = bit(0) | bit(9) | bit(19) | bit(20) | bit(23);
// OSXSAVE, AVX
constexpr uint32_t kAvxLeaf1Ecx = bit(27) | bit(28);
// FMA, MOVBE, F16C
constexpr uint32_t kAvx2Leaf1Ecx = bit(12) | bit(22) | bit(29);
// BMI1, AVX2, BMI2
constexpr uint32_t kAvx2Leaf7Ebx = bit(3) | bit(5) | bit(8);
// LZCNT
constexpr uint32_t kAvx2ExtendedEcx = bit(5);

bool osSavesYmm() {
    uint32_t low = 0;
    uint32_t high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return hasAll(low, bit(1) | bit(2));
}

CpuLevel detect() {
    const CpuidWords leaf1 = cpuid(1);
    if (!hasAll(leaf1.ecx, kSse42Leaf1Ecx)) {
        return CpuLevel::Base;
    }
    if (!hasAll(leaf1.ecx, kAvxLeaf1Ecx) || !osSavesYmm()) {
        return CpuLevel::Sse42;
    }
    if (!hasAll(leaf1.ecx, kAvx2Leaf1Ecx) || !hasAll(cpuid(7).ebx, kAvx2Leaf7Ebx) ||
        !hasAll(cpuid(0x80000001).ecx, kAvx2ExtendedEcx)) {
        return CpuLevel::Avx;
    }
    return CpuLevel::Avx2;
}

}  // namespace

CpuLevel detectCpuLevel() {
    // CPUID leaves a virtual machine: microseconds each.
    static const CpuLevel level = detect();
    return level;
}

const char* cpuLevelName(CpuLevel level) {
    switch (level) {
        case CpuLevel::Base:
            return "SSE2";
        case CpuLevel::Sse42:
            return "SSE4.2";
        case CpuLevel::Avx:
            return "AVX";
        case CpuLevel::Avx2:
            return "AVX2";
    }
    return "?";
}

std::array<uint64_t, 2> instructionSetBits(CpuLevel level) {
    // Level n is bit n + 1; its 64-bit variant (needed by explicit X64 intrinsics only) is bit n + 31.
    uint64_t bits = 0;
    for (int each = 0; each <= static_cast<int>(level); ++each) {
        bits |= uint64_t{1} << (each + 1) | uint64_t{1} << (each + 31);
    }
    return {bits, 0};
}

}  // namespace pyjion::clr
