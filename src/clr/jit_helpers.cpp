// SPDX-License-Identifier: MIT
// Functions behind the helper numbers, with the C calling convention (ours are called like any native function).
#include "clr/jit_helpers.h"

#include <cmath>
#include <cstddef>
#include <cstring>

namespace pyjion::clr {

namespace {

float remainderFloat(float dividend, float divisor) {
    return std::fmod(dividend, divisor);
}
double remainderDouble(double dividend, double divisor) {
    return std::fmod(dividend, divisor);
}
void fillMemory(void* place, int value, size_t size) {
    std::memset(place, value, size);
}
void clearMemory(void* place, size_t size) {
    std::memset(place, 0, size);
}
void copyMemory(void* place, const void* source, size_t size) {
    std::memmove(place, source, size);
}

const JitHelper kHelpers[] = {
#define JIT_HELPER(name, function) {#name, reinterpret_cast<const void*>(&function)},
#define JIT_NO_HELPER(name) {#name, nullptr},
#include "clr/jit_helpers.def"
#undef JIT_HELPER
#undef JIT_NO_HELPER
};
constexpr uint32_t kHelperCount = sizeof kHelpers / sizeof kHelpers[0];
static_assert(kHelperCount == 197, "the JIT of .NET 10 numbers 197 helpers");

}  // namespace

const JitHelper* findJitHelper(uint32_t number) {
    return number < kHelperCount ? &kHelpers[number] : nullptr;
}

uint32_t jitHelperCellLimit() {
    // Asked for at each relocation.
    static const uint32_t limit = [] {
        uint32_t count = 0;
        for (const JitHelper& helper : kHelpers) {
            count += helper.function != nullptr;
        }
        return count;
    }();
    return limit;
}

}  // namespace pyjion::clr
