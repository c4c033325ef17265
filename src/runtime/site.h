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

struct Site {
    TypeSet seenLeft = 0;   // of the left or only operand, of an iterator's result, of a call's result
    TypeSet seenRight = 0;  // of the right operand
    // Inline cache of LOAD_GLOBAL: while both version tags are current, the name means `object` (borrowed from the
    // dict).
    uint64_t globalsTag = 0;
    uint64_t builtinsTag = 0;
    PyObject* object = nullptr;
    const CodeEntry* callee = nullptr;  // of CALL: what it entered last, a hint that may be out of date
    PyObject* name = nullptr;           // of LOAD_GLOBAL and STORE_GLOBAL: borrowed from the code object
};

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
