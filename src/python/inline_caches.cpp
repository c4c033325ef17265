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

AttributePlace attributePlace(PyCodeObject* code, int32_t instruction) {
    auto cache = cacheOf<_PyAttrCache>(code, instruction);
    return {read_u32(cache.version), cache.index};
}

FoundMethod foundMethod(PyCodeObject* code, int32_t instruction) {
    auto cache = cacheOf<_PyLoadMethodCache>(code, instruction);
    return {read_u32(cache.type_version), read_u32(cache.keys_version), read_obj(cache.descr)};
}

}  // namespace pyjion::python
