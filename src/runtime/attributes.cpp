// SPDX-License-Identifier: MIT
// The caches' fast ways run no Python code; what they release may. Whoever misses goes through CPython, and the cache
// is filled from the owner as it is before that.
#include "runtime/attributes.h"

#include "python/instance.h"
#include "python/int_objects.h"
#include "runtime/attribute_cache.h"
#include "runtime/finish.h"

namespace pyjion::runtime {
namespace {

/// What an instance itself has, by the cache, whose type version has been checked; null when it must be looked for.
/// Borrowed.
inline PyObject* ownAttribute(PyObject* owner, PyTypeObject* type, const Site* site) {
    const AttributeCache& cache = site->attribute;
    switch (cache.kind) {
        case AttributeKind::DictEntry: {
            PyObject* dict = python::instanceDict(owner, type);
            return dict != nullptr ? python::dictEntry(dict, cache.index, site->name) : nullptr;
        }
        case AttributeKind::Slot:
            return python::field<PyObject*>(owner, cache.index);
        default:
            return nullptr;
    }
}

/// An attribute that is at hand, by the cache; null when it must be looked for. Borrowed.
inline PyObject* cachedAttribute(PyObject* owner, const Site* site) {
    PyTypeObject* type = Py_TYPE(owner);
    const AttributeCache& cache = site->attribute;
    if (cache.kind == AttributeKind::InlineValue) [[likely]] {
        PyObject** values = versionIs(type, cache) ? python::inlineValues(owner) : nullptr;
        return values != nullptr ? values[cache.index] : nullptr;
    }
    if (cache.kind == AttributeKind::OfClass) {
        // Another metaclass could have an attribute that comes first.
        return type == &PyType_Type && versionIs(reinterpret_cast<PyTypeObject*>(owner), cache) ? site->object
                                                                                                : nullptr;
    }
    return versionIs(type, cache) ? ownAttribute(owner, type, site) : nullptr;
}

/// Whether the site's cache is about another class than the owner's: the class of its first owners, most often.
inline bool isOtherClass(PyObject* owner, const Site* site) {
    return site->attribute.kind != AttributeKind::Unknown && !versionIs(Py_TYPE(owner), site->attribute);
}

/// What is known of the owner's class where the site knows another one. A site that meets a class again and again takes
/// it over.
[[gnu::noinline]] const Site* siteOfClass(PyObject* owner, Site* site, AttributeUse use) {
    const Site* shared = sharedSite(use, owner, site->name);
    if (shared != nullptr && shared->attribute.kind != AttributeKind::Unknown && shouldRefill(site->attribute)) {
        const uint8_t misses = site->attribute.misses;
        site->attribute = shared->attribute;
        site->attribute.misses = misses;
        site->object = shared->object;
        noteClass(site, use, owner);
    }
    return shared;
}

/// An attribute that the site's own cache does not find; null when it must be looked for. Borrowed.
inline PyObject* sharedAttribute(PyObject* owner, Site* site, AttributeUse use) {
    const Site* shared = isOtherClass(owner, site) ? siteOfClass(owner, site, use) : nullptr;
    return shared != nullptr ? cachedAttribute(owner, shared) : nullptr;
}

/// Whether an instance's dict has the name, or may have it.
inline bool isInDict(PyObject* owner, PyTypeObject* type, PyObject* name) {
    PyObject* dict = python::instanceDict(owner, type);
    if (dict == nullptr) {
        return false;
    }
    // Keys that are no str could run code when they are compared.
    return !python::keysAreNames(reinterpret_cast<PyDictObject*>(dict)->ma_keys) ||
           PyDict_GetItemWithError(dict, name) != nullptr;
}

/// Whether an instance may have an attribute of its own under the name of a method.
inline bool isHidden(PyObject* owner, PyTypeObject* type, const Site* site) {
    if (python::hasManagedDict(type) && python::inlineValues(owner) != nullptr) {
        return python::entryCount(python::sharedKeys(type)) != static_cast<int64_t>(site->attribute.sharedNames);
    }
    return isInDict(owner, type, site->name);
}

/// The method of the owner's type, by the cache; null when it must be looked for. Borrowed.
inline PyObject* cachedMethod(PyObject* owner, const Site* site) {
    PyTypeObject* type = Py_TYPE(owner);
    const AttributeCache& cache = site->attribute;
    if (!versionIs(type, cache)) {
        return nullptr;
    }
    if (cache.kind == AttributeKind::Method) {
        return site->object;
    }
    if (cache.kind != AttributeKind::HiddenMethod) {
        return nullptr;
    }
    return isHidden(owner, type, site) ? nullptr : site->object;
}

[[gnu::noinline]] PyObject* loadSlow(PyObject* owner, Site* site) {
    if (shouldRefill(site->attribute)) {
        cacheLoad(site, owner);
        noteClass(site, AttributeUse::Load, owner);
    }
    PyObject* result = PyObject_GetAttr(owner, site->name);
    Py_DECREF(owner);
    return finish(result);
}

[[gnu::noinline]] int32_t loadMethodSlow(PyObject* owner, Site* site, PyObject** results) {
    if (shouldRefill(site->attribute)) {
        cacheMethod(site, owner);
        noteClass(site, AttributeUse::Method, owner);
    }
    PyObject* method = nullptr;
    const int unbound = _PyObject_GetMethod(owner, site->name, &method);
    if (method == nullptr) {
        Py_DECREF(owner);
        return -1;
    }
    if (unbound != 0) {
        results[0] = method;
        results[1] = owner;
    } else {
        results[0] = nullptr;
        results[1] = method;
        Py_DECREF(owner);
    }
    return finishStatus(0);
}

/// Gives an attribute that is in the instance itself its value; the old one is released. Whether something died.
inline bool replace(PyObject*& place, PyObject* value, PyObject* owner) {
    PyObject* old = place;
    place = value;
    bool died = old != nullptr && python::releaseObject(old);
    died = python::releaseObject(owner) || died;
    return died;
}

enum class Stored : uint8_t { No, Quietly, Released };

/// Gives an attribute that the instance's dict has a new value.
inline Stored storeInDict(PyObject* value, PyObject* owner, const Site* site) {
    PyObject* dict = python::instanceDict(owner, Py_TYPE(owner));
    if (dict == nullptr || python::dictEntry(dict, site->attribute.index, site->name) == nullptr) {
        return Stored::No;
    }
    // Replacing the value of a key that is there needs no memory, and cannot fail.
    PyDict_SetItem(dict, site->name, value);
    Py_DECREF(value);
    Py_DECREF(owner);
    return Stored::Released;
}

/// Stores by the cache and consumes both; nothing is done when the cache does not fit.
inline Stored storeCached(PyObject* value, PyObject* owner, const Site* site) {
    const AttributeCache& cache = site->attribute;
    if (!versionIs(Py_TYPE(owner), cache)) {
        return Stored::No;
    }
    if (cache.kind == AttributeKind::DictEntry) {
        return storeInDict(value, owner, site);
    }
    PyObject** place = nullptr;
    if (cache.kind == AttributeKind::Slot) {
        place = &python::field<PyObject*>(owner, cache.index);
    } else if (cache.kind == AttributeKind::InlineValue && python::inlineValues(owner) != nullptr) {
        PyObject** values = python::inlineValues(owner);
        place = values + cache.index;
        if (*place == nullptr) {
            python::noteInsertion(values, cache.index);
        }
    } else {
        return Stored::No;
    }
    return replace(*place, value, owner) ? Stored::Released : Stored::Quietly;
}

[[gnu::noinline]] int32_t storeSlow(PyObject* value, PyObject* owner, Site* site) {
    const int status = PyObject_SetAttr(owner, site->name, value);
    // Afterwards: the first assignment of all is what gives a class its layout.
    if (status == 0 && shouldRefill(site->attribute)) {
        cacheStore(site, owner);
        noteClass(site, AttributeUse::Store, owner);
    }
    Py_DECREF(value);
    Py_DECREF(owner);
    return finishStatus(status);
}

}  // namespace

PyObject* loadAttr(PyObject* owner, Site* site) {
    PyObject* result = cachedAttribute(owner, site);
    if (result == nullptr) [[unlikely]] {
        result = sharedAttribute(owner, site, AttributeUse::Load);
        if (result == nullptr) {
            return loadSlow(owner, site);
        }
    }
    Py_INCREF(result);
    return python::releaseObject(owner) ? finish(result) : result;
}

PyObject* findAttribute(PyObject* owner, Site* site) {
    PyObject* found = cachedAttribute(owner, site);
    if (found == nullptr) {
        found = sharedAttribute(owner, site, AttributeUse::Load);
    }
    if (found == nullptr && shouldRefill(site->attribute)) {
        cacheLoad(site, owner);
        noteClass(site, AttributeUse::Load, owner);
        found = cachedAttribute(owner, site);
    }
    return Py_XNewRef(found);
}

int32_t loadMethod(PyObject* owner, Site* site, PyObject** results) {
    PyObject* method = cachedMethod(owner, site);
    if (method == nullptr && isOtherClass(owner, site)) {
        const Site* shared = siteOfClass(owner, site, AttributeUse::Method);
        method = shared != nullptr ? cachedMethod(owner, shared) : nullptr;
    }
    if (method != nullptr) [[likely]] {
        Py_INCREF(method);
        results[0] = method;
        results[1] = owner;
        return 0;
    }
    PyObject* attribute = cachedAttribute(owner, site);
    if (attribute == nullptr) {
        attribute = sharedAttribute(owner, site, AttributeUse::Method);
    }
    if (attribute != nullptr) {
        Py_INCREF(attribute);
        results[0] = nullptr;
        results[1] = attribute;
        return python::releaseObject(owner) ? finishStatus(0) : 0;
    }
    return loadMethodSlow(owner, site, results);
}

int32_t storeAttr(PyObject* value, PyObject* owner, Site* site) {
    Stored stored = storeCached(value, owner, site);
    if (stored == Stored::No && isOtherClass(owner, site)) {
        const Site* shared = siteOfClass(owner, site, AttributeUse::Store);
        stored = shared != nullptr ? storeCached(value, owner, shared) : stored;
    }
    switch (stored) {
        case Stored::Quietly:
            return 0;
        case Stored::Released:
            return finishStatus(0);
        case Stored::No:
            break;
    }
    return storeSlow(value, owner, site);
}

int32_t mayHaveOwn(PyObject* owner, Site* site) {
    PyTypeObject* type = Py_TYPE(owner);
    if (PyObject** values = python::hasManagedDict(type) ? python::inlineValues(owner) : nullptr) {
        const int32_t index = python::entryOf(python::sharedKeys(type), site->name);
        return index >= 0 && values[index] != nullptr ? 1 : 0;
    }
    return isInDict(owner, type, site->name) ? 1 : 0;
}

PyObject* findInDict(PyObject* owner, Site* site) {
    PyObject* dict = python::instanceDict(owner, Py_TYPE(owner));
    if (dict == nullptr) {
        return nullptr;
    }
    PyObject* found = python::dictEntry(dict, site->attribute.entry, site->name);
    if (found != nullptr) [[likely]] {
        return found;
    }
    const int32_t place = python::entryOf(reinterpret_cast<PyDictObject*>(dict)->ma_keys, site->name);
    if (place < 0) {
        return nullptr;
    }
    site->attribute.entry = static_cast<uint16_t>(place);
    return python::dictEntry(dict, place, site->name);
}

PyObject* exchangeInDict(PyObject* owner, PyObject* value, Site* site) {
    PyObject* dict = python::instanceDict(owner, Py_TYPE(owner));
    // Keys that are no str could run code when they are compared.
    if (dict == nullptr || !python::keysAreNames(reinterpret_cast<PyDictObject*>(dict)->ma_keys)) {
        return reinterpret_cast<PyObject*>(kNotExchanged);
    }
    PyObject* old = findInDict(owner, site);
    if (old == nullptr) {
        old = PyDict_GetItemWithError(dict, site->name);  // an equal name that is another object
    }
    Py_XINCREF(old);
    // Nothing is released here: `old` is held.
    if (PyDict_SetItem(dict, site->name, value) < 0) {
        PyErr_Clear();
        Py_XDECREF(old);
        return reinterpret_cast<PyObject*>(kNotExchanged);
    }
    Py_DECREF(value);
    return old;
}

int32_t deleteAttr(PyObject* owner, PyObject* name) {
    const int status = PyObject_SetAttr(owner, name, nullptr);
    Py_DECREF(owner);
    return finishStatus(status);
}

}  // namespace pyjion::runtime
