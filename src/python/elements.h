// SPDX-License-Identifier: MIT
// Objects that hold plain numbers in place of objects: bytes, bytearray, array.array. Where the numbers lie in them,
// and what they are.
#pragma once

#include <Python.h>

#include <cstdint>
#include <optional>

#include "python/abi.h"

namespace pyjion::python {

/// One kind of such objects.
struct Elements {
    const char* format;  // as the buffer protocol names it
    bool isArray;        // its typecode is the format; the others are types of their own
    bool isInObject;     // else a pointer to the numbers is
    int32_t place;       // offset in bytes of the numbers, or of that pointer
    uint8_t bytesLog2;   // of one number
    bool isDouble;       // what it is in compiled code; the others are integers
    bool isMutable;
    int64_t least;  // of the integers that fit
    int64_t most;
};

inline constexpr Elements kElements[] = {
    // format, array, in object, place, bytes, double, mutable, least, most
    {"B", false, true, abi::kBytesData, 0, false, false, 0, UINT8_MAX},
    {"B", false, false, abi::kByteArrayStart, 0, false, true, 0, UINT8_MAX},
    {"b", true, false, abi::kArrayItems, 0, false, true, INT8_MIN, INT8_MAX},
    {"B", true, false, abi::kArrayItems, 0, false, true, 0, UINT8_MAX},
    {"h", true, false, abi::kArrayItems, 1, false, true, INT16_MIN, INT16_MAX},
    {"H", true, false, abi::kArrayItems, 1, false, true, 0, UINT16_MAX},
    {"i", true, false, abi::kArrayItems, 2, false, true, INT32_MIN, INT32_MAX},
    {"I", true, false, abi::kArrayItems, 2, false, true, 0, UINT32_MAX},
    {"l", true, false, abi::kArrayItems, 3, false, true, INT64_MIN, INT64_MAX},
    {"q", true, false, abi::kArrayItems, 3, false, true, INT64_MIN, INT64_MAX},
    {"f", true, false, abi::kArrayItems, 2, true, true, 0, 0},
    {"d", true, false, abi::kArrayItems, 3, true, true, 0, 0},
};

/// The kind of an object: an index of kElements; nothing for other objects, and for those without any element. Runs no
/// Python code.
std::optional<uint32_t> elementsOf(PyObject* object);

/// Whether an object has the kind that another one of its type has.
bool isOfKind(PyObject* object, uint32_t kind);

}  // namespace pyjion::python
