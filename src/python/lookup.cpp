// SPDX-License-Identifier: MIT
#include "python/lookup.h"

#include <array>
#include <cstddef>

#include "python/int_objects.h"
#include "python/internal.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

constexpr int64_t kEmpty = DKIX_EMPTY;

/// dictkeys_get_index().
int64_t indexAt(const PyDictKeysObject* keys, size_t slot) {
    const char* indices = keys->dk_indices;
    if (keys->dk_log2_size < 8) {
        return reinterpret_cast<const int8_t*>(indices)[slot];
    }
    if (keys->dk_log2_size < 16) {
        return reinterpret_cast<const int16_t*>(indices)[slot];
    }
    if (keys->dk_log2_size < 32) {
        return reinterpret_cast<const int32_t*>(indices)[slot];
    }
    return reinterpret_cast<const int64_t*>(indices)[slot];
}

constexpr int64_t kUnknown = -3;  // DKIX_KNOWN_ERROR and so on are not met

/// The entry for a key of this hash: `compare` says of an entry whether it is that (Found), another (Missing), or
/// cannot be told.
template <typename Compare>
int64_t probe(const PyDictKeysObject* keys, Py_hash_t hash, Compare compare) {
    constexpr int kPerturbShift = 5;
    const size_t mask = (size_t{1} << keys->dk_log2_size) - 1;
    auto perturb = static_cast<size_t>(hash);
    size_t slot = perturb & mask;
    while (true) {
        const int64_t index = indexAt(keys, slot);
        if (index >= 0) {
            const Looked looked = compare(index);
            if (looked != Looked::Missing) {
                return looked == Looked::Found ? index : kUnknown;
            }
        } else if (index == kEmpty) {
            return kEmpty;
        }
        perturb >>= kPerturbShift;
        slot = mask & (slot * 5 + perturb + 1);
    }
}

bool isSmallInt(PyObject* object) {
    return PyLong_CheckExact(object) && isSmall(object);
}

Looked toLooked(bool isSame) {
    return isSame ? Looked::Found : Looked::Missing;
}

Looked compareTexts(PyObject* entry, PyObject* text) {
    return areTexts(entry, text) ? toLooked(isSameText(entry, text)) : Looked::Unknown;
}

/// Of a key that is a string or an int of one digit; -1 where it is not known.
Py_hash_t hashOf(PyObject* key) {
    if (PyUnicode_CheckExact(key)) {
        return PyUnicode_IS_READY(key) ? PyObject_Hash(key) : -1;
    }
    if (!isSmallInt(key)) {
        return -1;
    }
    const int64_t value = smallValue(key);
    return value == -1 ? -2 : value;
}

int64_t findNameEntry(PyDictKeysObject* keys, PyObject* key, Py_hash_t hash) {
    if (!PyUnicode_CheckExact(key)) {
        return kEmpty;  // no string is equal to an int
    }
    const PyDictUnicodeEntry* entries = DK_UNICODE_ENTRIES(keys);
    return probe(keys, hash, [=](int64_t index) {
        PyObject* entry = entries[index].me_key;
        if (entry == key) {
            return Looked::Found;
        }
        return reinterpret_cast<PyASCIIObject*>(entry)->hash == hash ? compareTexts(entry, key) : Looked::Missing;
    });
}

int64_t findEntry(PyDictKeysObject* keys, PyObject* key, Py_hash_t hash) {
    const PyDictKeyEntry* entries = DK_ENTRIES(keys);
    return probe(keys, hash, [=](int64_t index) {
        const PyDictKeyEntry& entry = entries[index];
        return entry.me_key == key || entry.me_hash == hash ? compareKeys(entry.me_key, key) : Looked::Missing;
    });
}

PyObject* valueAt(PyDictObject* dict, int64_t index) {
    if (dict->ma_values != nullptr) {
        return dict->ma_values->values[index];
    }
    PyDictKeysObject* keys = dict->ma_keys;
    return keys->dk_kind == DICT_KEYS_GENERAL ? DK_ENTRIES(keys)[index].me_value
                                              : DK_UNICODE_ENTRIES(keys)[index].me_value;
}

}  // namespace

Looked compareKeys(PyObject* entry, PyObject* key) {
    if (entry == key) {
        return Looked::Found;
    }
    if (currentThread()->recursion_remaining <= 0) {
        return Looked::Unknown;
    }
    if (isSmallInt(entry) && isSmallInt(key)) {
        return toLooked(smallValue(entry) == smallValue(key));
    }
    return compareTexts(entry, key);
}

Looked lookUp(PyObject* dict, PyObject* key, PyObject*& value) {
    auto* object = reinterpret_cast<PyDictObject*>(dict);
    const Py_hash_t hash = hashOf(key);
    if (hash == -1) {
        return Looked::Unknown;
    }
    PyDictKeysObject* keys = object->ma_keys;
    const int64_t index =
        keys->dk_kind == DICT_KEYS_GENERAL ? findEntry(keys, key, hash) : findNameEntry(keys, key, hash);
    if (index < 0) {
        return index == kUnknown ? Looked::Unknown : Looked::Missing;
    }
    value = valueAt(object, index);
    return value != nullptr ? Looked::Found : Looked::Missing;
}

int hasKey(PyObject* dict, PyObject* key) {
    PyObject* value = nullptr;
    const Looked looked = lookUp(dict, key, value);
    return looked == Looked::Unknown ? -1 : looked == Looked::Found ? 1 : 0;
}

int64_t placeOfName(PyDictKeysObject* keys, PyObject* name) {
    const PyDictUnicodeEntry* entries = DK_UNICODE_ENTRIES(keys);
    const int64_t index =
        probe(keys, PyObject_Hash(name), [=](int64_t place) { return toLooked(entries[place].me_key == name); });
    return index >= 0 ? index : -1;
}

PyObject* latinCharacter(unsigned char character) {
    static const std::array<PyObject*, 256> kCharacters = [] {
        std::array<PyObject*, 256> made{};
        for (size_t i = 0; i < made.size(); ++i) {
            PyObject* text = PyUnicode_FromOrdinal(static_cast<int>(i));  // CPython's own, which never dies
            made[i] = text;
            Py_XDECREF(text);
        }
        return made;
    }();
    return kCharacters[character];
}

}  // namespace pyjion::python
