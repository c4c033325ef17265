// SPDX-License-Identifier: MIT
// A site: the data that one bytecode's helper keeps between executions. It is the profile cell that quick code fills
// and the compiler of full code reads, and it holds the inline cache of the helper. Sites belong to the compiled code;
// compiled code reaches them through its constant pool.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// Types that an operand had, as a set of bits; the positions are those of hir::Type's leaf types (compared in a test).
using TypeSet = uint32_t;

struct CodeEntry;

/// Inline cache of LOAD_GLOBAL: while both version tags are current, the name means the site's `object` (borrowed from
/// the dict).
struct NamespaceTags {
    uint64_t globalsTag = 0;
    uint64_t builtinsTag = 0;
};

/// How an attribute was found last, see attribute_cache.h.
enum class AttributeKind : uint8_t {
    Unknown,
    InlineValue,   // in the values that an instance has instead of a dict, at `index`
    DictEntry,     // in the instance's dict, at `index` of its entries
    Slot,          // in the object itself, `index` bytes into it
    Method,        // a method of the type, and instances have no attributes of their own
    HiddenMethod,  // a method of the type, and instances have a dict that may hide it
    OfClass,       // `object`, found in the class that is the owner
};

struct AttributeCache {
    uint32_t typeVersion = 0;  // of the owner's type, or of the owner when that is a class
    uint32_t sharedNames = 0;  // HiddenMethod: number of names that instances share; the name is none of these
    uint16_t index = 0;
    AttributeKind kind = AttributeKind::Unknown;
    uint8_t misses = 0;
};

struct Site {
    constexpr Site() : tags() {}

    TypeSet seenLeft = 0;   // of the left or only operand, of an iterator's result, of a call's result
    TypeSet seenRight = 0;  // of the right operand
    union {
        NamespaceTags tags;        // of LOAD_GLOBAL
        AttributeCache attribute;  // of LOAD_ATTR, LOAD_METHOD, STORE_ATTR
        const CodeEntry* callee;   // of CALL: what it entered last, a hint that may be out of date
    };
    PyObject* object = nullptr;
    PyObject* name = nullptr;  // of globals and attributes: borrowed from the code object
};
static_assert(sizeof(Site) == 40);

inline constexpr TypeSet kIntBit = 1u << 0;
inline constexpr TypeSet kFloatBit = 1u << 1;
inline constexpr TypeSet kStrBit = 1u << 4;
inline constexpr TypeSet kRangeBit = 1u << 8;
inline constexpr TypeSet kOtherBit = 1u << 15;

/// typeBit() for types other than int and float.
TypeSet otherTypeBit(PyObject* object);

/// The bit of an object's exact type; `OtherObject` for all that have no bit of their own. Inline for the two types
/// that hot arithmetic has.
inline TypeSet typeBit(PyObject* object) {
    if (Py_IS_TYPE(object, &PyLong_Type)) {
        return kIntBit;
    }
    if (Py_IS_TYPE(object, &PyFloat_Type)) {
        return kFloatBit;
    }
    return otherTypeBit(object);
}

}  // namespace pyjion::runtime
