// SPDX-License-Identifier: MIT
// A site: the data that one bytecode's helper keeps between executions. It is the profile cell that quick code fills
// and the compiler of full code reads, and it holds the inline cache of the helper. Sites belong to the compiled code;
// compiled code reaches them through its constant pool.
#pragma once

#include <Python.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/iterator_kinds.h"
#include "python/int_objects.h"

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
    ClassValue,    // `object`, found in the instance's class; instances may have a dict that hides it
    Getter,        // `object`, a property of the type with a Python function
    BehindOwner,   // `object`, found behind another class in the class's method resolution order: by super()
};

struct AttributeCache {
    uint32_t typeVersion = 0;  // of the owner's type, or of the owner when that is a class
    union {
        uint32_t sharedNames = 0;  // HiddenMethod: number of names that instances share; the name is none of these
        uint32_t ownerVersion;     // BehindOwner: of that other class
    };
    uint16_t index = 0;
    AttributeKind kind = AttributeKind::Unknown;
    uint8_t misses = 0;
    uint16_t entry = 0;  // where the dict of the last instance that had one had the name: a hint
};

/// What a subscript was applied to last: numbers in an object, see python/elements.h.
struct ElementsSeen {
    uint32_t typeVersion = 0;
    uint32_t kind = 0;  // an index of python::kElements

    bool operator==(const ElementsSeen&) const = default;
};

/// Classes of the objects that an attribute was looked for in, by their version tags in the order in which they were
/// met; 0: no more.
class ClassesSeen {
  public:
    static constexpr size_t kMost = 4;

    void note(uint32_t version) {
        if (isClosed()) {
            return;
        }
        for (uint32_t& known : versions_) {
            if (known == version) {
                return;
            }
            if (known == 0) {
                known = version;
                return;
            }
        }
        close();
    }
    void noteAll(const ClassesSeen& others) {
        for (uint32_t version : others.versions_) {
            if (version != 0 && !others.isClosed()) {
                note(version);
            }
        }
    }
    /// There are too many, or nothing can be said of one: the site is left to its helper.
    void close() { versions_ = {kClosed}; }
    bool isClosed() const { return versions_[0] == kClosed; }
    bool isEmpty() const { return versions_[0] == 0; }
    bool contains(uint32_t version) const {
        return std::find(versions_.begin(), versions_.end(), version) != versions_.end();
    }
    const std::array<uint32_t, kMost>& versions() const { return versions_; }

  private:
    static constexpr uint32_t kClosed = UINT32_MAX;
    std::array<uint32_t, kMost> versions_{};
};

struct Site {
    constexpr Site() : tags() {}

    TypeSet seenLeft = 0;   // of the left or only operand, of an iterator's result, of a call's result, of a container
    TypeSet seenRight = 0;  // of the right operand, of what is put into a container
    union {
        NamespaceTags tags;           // of LOAD_GLOBAL
        AttributeCache attribute;     // of LOAD_ATTR, LOAD_METHOD, STORE_ATTR
        ElementsSeen elements;        // of BINARY_SUBSCR, STORE_SUBSCR, when `seenLeft` has kElementsBit
        const CodeEntry* callee;      // of CALL: what it entered last, a hint that may be out of date
        base::IteratorKind iterator;  // of GET_ITER: what it has given
    };
    PyObject* object = nullptr;
    PyObject* name = nullptr;  // of globals and attributes: borrowed from the code object
    ClassesSeen
        classes;  // of LOAD_ATTR, LOAD_METHOD, STORE_ATTR, where the interpreter or its guess has not been enough
};
static_assert(sizeof(Site) == 56);

inline constexpr TypeSet kIntBit = 1u << 0;
inline constexpr TypeSet kFloatBit = 1u << 1;
inline constexpr TypeSet kBoolBit = 1u << 2;
inline constexpr TypeSet kNoneBit = 1u << 3;
inline constexpr TypeSet kStrBit = 1u << 4;
inline constexpr TypeSet kTupleBit = 1u << 5;
inline constexpr TypeSet kListBit = 1u << 6;
inline constexpr TypeSet kDictBit = 1u << 7;
inline constexpr TypeSet kRangeBit = 1u << 8;
inline constexpr TypeSet kRangeIterBit = 1u << 9;
inline constexpr TypeSet kFunctionBit = 1u << 10;
inline constexpr TypeSet kBuiltinBit = 1u << 11;
inline constexpr TypeSet kTypeBit = 1u << 12;
inline constexpr TypeSet kElementsBit = 1u << 14;  // of one kind (Site::elements): for profiles of containers alone
inline constexpr TypeSet kOtherBit = 1u << 15;

/// typeBit() for types other than int, float and str.
TypeSet otherTypeBit(PyTypeObject* type);

/// The bit of an object's exact type; kOtherBit for all that have no bit of their own.
inline TypeSet typeBit(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    if (type == &PyLong_Type) {
        return kIntBit;
    }
    if (type == &PyUnicode_Type) {
        return kStrBit;
    }
    return type == &PyFloat_Type ? kFloatBit : otherTypeBit(type);
}

/// Adds an object's type to a profile. One that has seen other types, or ints that unboxed arithmetic could not hold,
/// or not for long, is not guessed from, whatever else it sees.
inline void recordType(TypeSet& seen, PyObject* object) {
    if ((seen & kOtherBit) == 0) {
        const TypeSet bit = typeBit(object);
        seen |= bit == kIntBit && python::isLongInt(object) ? kIntBit | kOtherBit : bit;
    }
}

}  // namespace pyjion::runtime
