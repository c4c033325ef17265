// SPDX-License-Identifier: MIT
// subtype_dealloc() and PyType_GenericAlloc() of Objects/typeobject.c, init_inline_values() and
// _PyObject_FreeInstanceAttributes() of Objects/dictobject.c, PyObject_GC_Del() of Modules/gcmodule.c.
#include "python/dead_instances.h"

#include <array>
#include <cstdint>

#include "python/internal.h"
#include "python/plain_class.h"
#include "python/young_objects.h"

namespace pyjion::python {
namespace {

/// Classes of which it is known that their instances are all alike and end quietly, as long as they have the version:
/// no two classes have one. By the address of the class.
struct Known {
    const PyTypeObject* type = nullptr;
    uint32_t version = 0;
};
constexpr size_t kKnown = 64;
std::array<Known, kKnown> known;

/// Dead instances that have room for so many attributes. Guarded by the GIL.
struct Kept {
    static constexpr uint32_t kMost = 4;
    uint32_t count = 0;
    std::array<PyObject*, kMost> objects{};
};
constexpr size_t kMostAttributes = SHARED_KEYS_MAX_SIZE;
std::array<Kept, kMostAttributes + 1> kept;

PyObject** valuesOf(PyObject* object) {
    return reinterpret_cast<PyObject**>(*_PyObject_ValuesPointer(object));
}

PyDictKeysObject* sharedKeys(PyTypeObject* type) {
    return reinterpret_cast<PyHeapTypeObject*>(type)->ht_cached_keys;
}

char* allocationOf(PyObject* object) {
    constexpr size_t kPrefix = sizeof(PyGC_Head) + 2 * sizeof(PyObject*);  // _PyType_PreHeaderSize()
    return reinterpret_cast<char*>(object) - kPrefix;
}

void freeMemory(PyObject* object) {
    auto* values = reinterpret_cast<char*>(valuesOf(object));
    PyMem_Free(values - static_cast<uint8_t>(values[-1]));
    PyObject_Free(allocationOf(object));
}

/// An object with nothing behind the list of its weak references.
constexpr Py_ssize_t kUsualSize = sizeof(PyObject) + sizeof(PyObject*);

bool isUsual(PyTypeObject* type) {
    constexpr unsigned long kFlags = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT;
    return (type->tp_flags & kFlags) == kFlags && type->tp_alloc == PyType_GenericAlloc &&
           type->tp_free == PyObject_GC_Del && type->tp_itemsize == 0 && type->tp_basicsize == kUsualSize &&
           isPlainClass(type);
}

bool isKnownAsUsual(PyTypeObject* type) {
    const auto address = reinterpret_cast<uintptr_t>(type);
    Known& place = known[(address >> 5 ^ address >> 11) % kKnown];
    const uint32_t version = type->tp_version_tag;
    if (place.type == type && place.version == version && version != 0) [[likely]] {
        return true;
    }
    if (version == 0 || !isUsual(type)) {
        return false;
    }
    place = {type, version};
    return true;
}

/// The first instances of a class have room for more names, each for one less than the one before.
bool hasSettled(const PyDictKeysObject* keys) {
    return keys->dk_usable <= 1;
}

size_t roomFor(const PyDictKeysObject* keys) {
    return static_cast<size_t>(keys->dk_nentries + keys->dk_usable);
}

void releaseValues(PyObject** values, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject* value = values[i];
        values[i] = nullptr;
        Py_XDECREF(value);
    }
}

}  // namespace

bool buryInstance(PyObject* object) {
#ifdef Py_REF_DEBUG
    return false;
#endif
    PyTypeObject* type = Py_TYPE(object);
    if (!isKnownAsUsual(type) || hasWeakReferences(object, type) || valuesOf(object) == nullptr) {
        return false;
    }
    PyDictKeysObject* keys = sharedKeys(type);
    if (!hasSettled(keys)) {
        return false;
    }
    const size_t room = roomFor(keys);
    if (_PyObject_GC_IS_TRACKED(object)) {
        _PyObject_GC_UNTRACK(object);
    }
    releaseValues(valuesOf(object), keys->dk_nentries);
    countEnded();
    if (Kept& place = kept[room]; place.count < Kept::kMost) {
        place.objects[place.count++] = object;
    } else {
        freeMemory(object);
    }
    Py_DECREF(type);
    return true;
}

PyObject* reviveInstance(PyTypeObject* type) {
    if (!isKnownAsUsual(type)) {
        return nullptr;
    }
    PyDictKeysObject* keys = sharedKeys(type);
    Kept& place = kept[roomFor(keys)];
    if (!hasSettled(keys) || place.count == 0) {
        return nullptr;
    }
    PyObject* object = place.objects[--place.count];
    reinterpret_cast<uint8_t*>(valuesOf(object))[-2] = 0;  // so many were inserted
    Py_INCREF(type);
    Py_SET_TYPE(object, type);
    _Py_NewReference(object);  // also tells tracemalloc
    PyGC_Head* head = _Py_AS_GC(object);
    head->_gc_next = 0;
    head->_gc_prev = 0;
    countMade();
    _PyObject_GC_TRACK(object);
    return object;
}

}  // namespace pyjion::python
