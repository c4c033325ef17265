// SPDX-License-Identifier: MIT
// Where the attributes of an instance are: in values that its class lays out (shared names, one index each), or in a
// dict, whose entries lie in an array. For inline caches: nothing here runs Python code, and what was found is right
// as long as nothing else has run.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/frame.h"

namespace pyjion::python {

using DictKeys = PyDictKeysObject;

/// An entry of keys that are all str.
struct NameEntry {
    PyObject* key;
    PyObject* value;
};

inline bool keysAreNames(DictKeys* keys) {
    return field<uint8_t>(keys, abi::kKeysKind) != 0;
}
inline int64_t entryCount(DictKeys* keys) {
    return field<int64_t>(keys, abi::kKeysEntryCount);
}
inline NameEntry* nameEntries(DictKeys* keys) {
    const int32_t indices = abi::kKeysIndices + (1 << field<uint8_t>(keys, abi::kKeysIndexBytesLog2));
    return &field<NameEntry>(keys, indices);
}

/// The place of a name among the entries, found by identity; -1 when it is not there or when it could only be found by
/// comparing strings.
int32_t entryOf(DictKeys* keys, PyObject* name);

/// Whether instances of the type keep their attributes in front of the object.
inline bool hasManagedDict(PyTypeObject* type) {
    return (type->tp_flags & Py_TPFLAGS_MANAGED_DICT) != 0;
}
/// The attributes of an instance of such a type while it has no dict; null afterwards.
inline PyObject** inlineValues(PyObject* instance) {
    return field<PyObject**>(instance, abi::kInstanceValues);
}
/// Whether instances are made with these: object.__new__() gives them some, that of other builtin classes does not.
inline bool isMadeWithValues(PyTypeObject* type) {
    PyTypeObject* builtin = type;
    while ((builtin->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0) {
        builtin = builtin->tp_base;
    }
    return builtin->tp_new == PyBaseObject_Type.tp_new;
}
/// The names of these attributes. They only grow in number.
inline DictKeys* sharedKeys(PyTypeObject* type) {
    return reinterpret_cast<PyHeapTypeObject*>(type)->ht_cached_keys;
}
/// Remembers that the attribute at `index`, which had no value, has got one after all others.
void noteInsertion(PyObject** values, int32_t index);

/// The dict of an instance, wherever its type keeps it; null when there is none (yet). Borrowed.
inline PyObject* instanceDict(PyObject* instance, PyTypeObject* type) {
    if (hasManagedDict(type)) {
        return field<PyObject*>(instance, abi::kInstanceDict);
    }
    return type->tp_dictoffset > 0 ? field<PyObject*>(instance, static_cast<int32_t>(type->tp_dictoffset)) : nullptr;
}

/// The value at a place of a dict's entries if it belongs to `name`; null otherwise. Borrowed.
inline PyObject* dictEntry(PyObject* dict, int32_t place, PyObject* name) {
    auto* object = reinterpret_cast<PyDictObject*>(dict);
    DictKeys* keys = object->ma_keys;
    if (!keysAreNames(keys) || place >= entryCount(keys)) {
        return nullptr;
    }
    const NameEntry& entry = nameEntries(keys)[place];
    if (entry.key != name) {
        return nullptr;
    }
    return object->ma_values != nullptr ? reinterpret_cast<PyObject**>(object->ma_values)[place] : entry.value;
}

/// What type.__call__ makes of what __init__ returned (null: it has failed): the instance, or null with an exception
/// set. Consumes both.
PyObject* finishInstance(PyObject* instance, PyObject* returned);

}  // namespace pyjion::python
