// SPDX-License-Identifier: MIT
// Filling the inline caches of attributes: looks where an attribute would be found, without running Python code, and
// writes it into the site. What a cache says holds while the owner's type has the same version tag, which CPython takes
// away whenever the type or one of its bases changes. An instance's own part is checked at each use.
#pragma once

#include "runtime/site.h"

namespace pyjion::runtime {

/// Counts a miss; whether the cache shall be filled anew. A site that misses again and again rarely tries.
inline bool shouldRefill(AttributeCache& cache) {
    constexpr uint8_t kEager = 32;
    constexpr uint8_t kRarely = 64;
    cache.misses++;
    return cache.misses < kEager || cache.misses % kRarely == 0;
}

inline bool versionIs(PyTypeObject* type, const AttributeCache& cache) {
    return type->tp_version_tag == cache.typeVersion;
}

/// The type's version tag, which it gets if it had none; 0 when there are no more.
uint32_t assuredVersion(PyTypeObject* type);

/// What an attribute is looked up for: the same name may be in different places.
enum class AttributeUse : uint8_t { Load, Method, Store };

/// Where the instances of a class have an attribute, for sites that meet objects of several classes: a line of a table
/// that all of them share, filled for this owner if it was about another class or name. Null for owners that are
/// classes themselves, or whose class has no version.
Site* sharedSite(AttributeUse use, PyObject* owner, PyObject* name);

/// AttributeCache::sharedNames where instances share the name itself, or share no names.
inline constexpr uint32_t kSomeHides = UINT32_MAX;

/// Takes note of the owner's class for the compiler, if it can find the attribute in place then.
void noteClass(Site* site, AttributeUse use, PyObject* owner);
/// Whether not all instances of a class have values, as far as has been seen.
bool mayHaveDict(PyTypeObject* type, uint32_t version);
/// Where most instances of a class have the attribute, as far as the class tells: what the others' functions below find
/// with an instance that has no dict. `site`: with the name; its cache is filled. Also ClassValue; DictEntry where
/// instances have dicts, and nothing else the name. Unknown when nothing can be said.
void cacheOfClass(Site* site, AttributeUse use, PyTypeObject* type);

/// Where LOAD_ATTR finds the attribute: InlineValue, DictEntry, Slot, OfClass.
void cacheLoad(Site* site, PyObject* owner);
/// The same for LOAD_METHOD: Method, HiddenMethod, and what cacheLoad() says, whose results are no methods.
void cacheMethod(Site* site, PyObject* owner);
/// Where STORE_ATTR puts the attribute: InlineValue, Slot, or DictEntry for an instance's dict, wherever in it.
void cacheStore(Site* site, PyObject* owner);

}  // namespace pyjion::runtime
