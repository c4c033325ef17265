// SPDX-License-Identifier: MIT
#include "python/slots.h"

#include <utility>

#include "base/check.h"
#include "python/instance.h"
#include "python/names.h"

namespace pyjion::python {

namespace {

bool isLocal(Frame* frame, uint32_t slot) {
    return slot < static_cast<uint32_t>(code(frame)->co_nlocalsplus);
}

PyObject* nameOf(Frame* frame, uint32_t slot) {
    const auto locals = static_cast<Py_ssize_t>(code(frame)->co_nlocalsplus);
    return PyTuple_GET_ITEM(code(frame)->co_names, static_cast<Py_ssize_t>(slot) - locals);
}

/// A version that no state of any dict has or will have: CPython counts up from 0.
uint64_t nextVersion() {
    static uint64_t version = uint64_t{1} << 63;
    return ++version;
}

}  // namespace

PyObject* globalName(PyObject* globals, PyObject* name, uint16_t& place) {
    if (!PyDict_CheckExact(globals)) {
        return nullptr;
    }
    if (PyObject* found = dictEntry(globals, place, name)) {
        return found;
    }
    PyObject* found = quietLookup(globals, name);
    if (found != nullptr) {
        const int32_t entry = entryOf(reinterpret_cast<PyDictObject*>(globals)->ma_keys, name);
        place = entry >= 0 && entry <= UINT16_MAX ? static_cast<uint16_t>(entry) : place;
    }
    return found;
}

void bindGlobalName(PyObject* globals, PyObject* name, PyObject* object, uint16_t place) {
    auto* dict = reinterpret_cast<PyDictObject*>(globals);
    if (dict->ma_values == nullptr && dictEntry(globals, place, name) != nullptr) {
        NameEntry& entry = nameEntries(dict->ma_keys)[place];
        PyObject* old = std::exchange(entry.value, object);
        dict->ma_version_tag = nextVersion();
        Py_DECREF(old);
        return;
    }
    // A value that is replaced takes no memory, and keys that are strings compare without failing.
    const int status = PyDict_SetItem(globals, name, object);
    PYJION_CHECK(status == 0, "a global name cannot be bound again");
    Py_DECREF(object);
}

PyObject* slotObject(Frame* frame, uint32_t slot) {
    return isLocal(frame, slot) ? local(frame, slot) : quietLookup(globals(frame), nameOf(frame, slot));
}

void storeName(Frame* frame, uint32_t slot, PyObject* object) {
    bindGlobalName(globals(frame), nameOf(frame, slot), object, UINT16_MAX);
}

}  // namespace pyjion::python
