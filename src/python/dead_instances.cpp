// SPDX-License-Identifier: MIT
// subtype_dealloc() and PyType_GenericAlloc() of Objects/typeobject.c, init_inline_values() and
// _PyObject_FreeInstanceAttributes() of Objects/dictobject.c, PyObject_GC_Del() of Modules/gcmodule.c.
#include "python/dead_instances.h"

#include <array>
#include <cstdint>

#include "python/internal.h"
#include "python/plain_class.h"

namespace pyjion::python {
namespace {

/// Dead instances of one class, which has not been changed since: no two classes have one version.
struct Kept {
    static constexpr uint32_t kMost = 16;
    PyTypeObject* type = nullptr;
    uint32_t version = 0;
    uint32_t count = 0;
    std::array<PyObject*, kMost> objects{};

    bool isOf(const PyTypeObject* other) const {
        return type == other && version == other->tp_version_tag && version != 0;
    }
};

/// By the address of the class. Guarded by the GIL.
constexpr size_t kPlaces = 32;
std::array<Kept, kPlaces> places;

Kept& placeOf(const PyTypeObject* type) {
    const auto address = reinterpret_cast<uintptr_t>(type);
    return places[(address >> 5 ^ address >> 10) % kPlaces];
}

PyObject** valuesOf(PyObject* object) {
    return reinterpret_cast<PyObject**>(*_PyObject_ValuesPointer(object));
}

PyDictKeysObject* sharedKeys(PyTypeObject* type) {
    return reinterpret_cast<PyHeapTypeObject*>(type)->ht_cached_keys;
}

int& youngestCount() {
    return _PyInterpreterState_GET()->gc.generations[0].count;
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

void empty(Kept& kept) {
    while (kept.count != 0) {
        freeMemory(kept.objects[--kept.count]);
    }
}

bool isMadeByDefault(const PyTypeObject* type) {
    constexpr unsigned long kFlags = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT;
    return (type->tp_flags & kFlags) == kFlags && type->tp_alloc == PyType_GenericAlloc &&
           type->tp_free == PyObject_GC_Del && type->tp_itemsize == 0;
}

/// Where instances of the class are kept; null when they are not.
Kept* placeFor(PyTypeObject* type) {
    Kept& kept = placeOf(type);
    if (kept.isOf(type)) [[likely]] {
        return &kept;
    }
    if (type->tp_version_tag == 0 || !isMadeByDefault(type) || !isPlainClass(type)) {
        return nullptr;
    }
    empty(kept);
    kept.type = type;
    kept.version = type->tp_version_tag;
    return &kept;
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
    if (type->tp_dealloc != deallocOfClasses() || placeFor(type) == nullptr || hasWeakReferences(object, type)) {
        return false;
    }
    PyObject** values = valuesOf(object);
    if (values == nullptr) {
        return false;
    }
    if (_PyObject_GC_IS_TRACKED(object)) {
        _PyObject_GC_UNTRACK(object);
    }
    releaseValues(values, sharedKeys(type)->dk_nentries);
    int& count = youngestCount();
    count -= count > 0 ? 1 : 0;
    // What was released may have changed the class, or put another one in its place.
    Kept& kept = placeOf(type);
    if (kept.isOf(type) && kept.count < Kept::kMost) {
        kept.objects[kept.count++] = object;
    } else {
        freeMemory(object);
    }
    Py_DECREF(type);
    return true;
}

PyObject* reviveInstance(PyTypeObject* type) {
    Kept& kept = placeOf(type);
    if (!kept.isOf(type) || kept.count == 0) {
        return nullptr;
    }
    PyObject* object = kept.objects[--kept.count];
    // Its values were made for as many names as there are now, or more: each new instance leaves one name less for
    // later.
    PyDictKeysObject* keys = sharedKeys(type);
    keys->dk_usable -= keys->dk_usable > 1 ? 1 : 0;
    reinterpret_cast<uint8_t*>(valuesOf(object))[-2] = 0;  // so many were inserted
    Py_INCREF(type);
    _Py_NewReference(object);  // also tells tracemalloc
    PyGC_Head* head = _Py_AS_GC(object);
    head->_gc_next = 0;
    head->_gc_prev = 0;
    youngestCount()++;
    _PyObject_GC_TRACK(object);
    return object;
}

}  // namespace pyjion::python
