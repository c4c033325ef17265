// SPDX-License-Identifier: MIT
#include "python/inline_caches.h"

#include <array>
#include <bit>

#include "python/internal.h"
#include "python/original_units.h"

namespace pyjion::python {
namespace {

template <typename Cache>
Cache cacheOf(PyCodeObject* code, int32_t instruction) {
    constexpr size_t kUnits = sizeof(Cache) / sizeof(uint16_t);
    std::array<uint16_t, kUnits> units;
    for (size_t i = 0; i < kUnits; ++i) {
        units[i] = originalUnit(code, instruction + 1 + static_cast<int32_t>(i));
    }
    return std::bit_cast<Cache>(units);
}

}  // namespace

uint32_t classVersion(PyCodeObject* code, int32_t instruction) {
    static_assert(offsetof(_PyAttrCache, version) == offsetof(_PyLoadMethodCache, type_version));
    auto cache = cacheOf<_PyAttrCache>(code, instruction);
    return read_u32(cache.version);
}

}  // namespace pyjion::python
