// SPDX-License-Identifier: MIT
#include "python/inline_caches.h"

#include "python/internal.h"

namespace pyjion::python {
namespace {

template <typename Cache>
Cache* cacheOf(PyCodeObject* code, int32_t instruction) {
    return reinterpret_cast<Cache*>(_PyCode_CODE(code) + instruction + 1);
}

}  // namespace

AttributePlace attributePlace(PyCodeObject* code, int32_t instruction) {
    auto* cache = cacheOf<_PyAttrCache>(code, instruction);
    return {read_u32(cache->version), cache->index};
}

FoundMethod foundMethod(PyCodeObject* code, int32_t instruction) {
    auto* cache = cacheOf<_PyLoadMethodCache>(code, instruction);
    return {read_u32(cache->type_version), read_u32(cache->keys_version), read_obj(cache->descr)};
}

}  // namespace pyjion::python
