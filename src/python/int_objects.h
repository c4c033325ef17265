// SPDX-License-Identifier: MIT
// Making and releasing exact ints without the way through CPython's allocator: ints from -5 to 256 are CPython's own
// objects, and of the other ones a few that died are kept for the next results, as CPython does for floats.
// A debug build counts its references, so everything is left to CPython there.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/dead_functions.h"
#include "python/dead_instances.h"
#include "python/reference_count.h"

namespace pyjion::python {

/// CPython's own objects for the ints from -5 to 256, which lie in one array (pycore_global_objects.h).
inline constexpr int64_t kFirstSmallInt = -5;
inline constexpr uint64_t kSmallInts = 262;
inline constexpr size_t kSmallIntBytes = 32;
extern char* const smallInts;

/// Dead ints: memory of at least one digit. Guarded by the GIL.
struct DeadInts {
    static constexpr uint32_t kMost = 32;
    uint32_t count = 0;
    PyObject* objects[kMost] = {};
};
extern DeadInts deadInts;

/// A new reference; null with MemoryError.
inline PyObject* makeInt(int64_t value) {
    const uint64_t index = static_cast<uint64_t>(value) - static_cast<uint64_t>(kFirstSmallInt);
    if (index < kSmallInts) {
        return Py_NewRef(reinterpret_cast<PyObject*>(smallInts + index * kSmallIntBytes));
    }
    const uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    if (deadInts.count == 0 || magnitude > PyLong_MASK) {
        return PyLong_FromLong(value);
    }
    auto* object = reinterpret_cast<PyLongObject*>(deadInts.objects[--deadInts.count]);
    Py_SET_SIZE(&object->ob_base, value < 0 ? -1 : 1);
    object->ob_digit[0] = static_cast<digit>(magnitude);
    _Py_NewReference(reinterpret_cast<PyObject*>(object));  // also tells tracemalloc
    return reinterpret_cast<PyObject*>(object);
}

/// Whether an exact int has at most one digit, so that its absolute value is below 2^30.
inline bool isSmall(PyObject* exactInt) {
    return static_cast<uint64_t>(Py_SIZE(exactInt)) + 1 <= 2;
}
/// The value of a small int. The size is the sign, and 0 for zero, whatever its digit is.
inline int64_t smallValue(PyObject* smallInt) {
    return Py_SIZE(smallInt) * static_cast<int64_t>(reinterpret_cast<PyLongObject*>(smallInt)->ob_digit[0]);
}

/// Whether an int of that value is an object of its own with one digit and no sign.
inline bool isPositiveDigit(int64_t value) {
    return value >= kFirstSmallInt + static_cast<int64_t>(kSmallInts) && value <= PyLong_MASK;
}

/// Whether an exact int has more than two digits.
inline bool isLongInt(PyObject* exactInt) {
    return static_cast<uint64_t>(Py_SIZE(exactInt)) + 2 > 4;
}

/// The last reference to an exact int is gone.
inline void buryInt(PyObject* exactInt) {
#ifndef Py_REF_DEBUG
    // Longer ones have another size class of the allocator's, which should get them back.
    if (!isLongInt(exactInt) && deadInts.count < DeadInts::kMost) {
        deadInts.objects[deadInts.count++] = exactInt;
        return;
    }
#endif
    _Py_Dealloc(exactInt);
}

/// Gives a reference to an exact int back. Runs nothing.
inline void releaseInt(PyObject* exactInt) {
    if (decrement(exactInt) == 0) {
        buryInt(exactInt);
    }
}

/// The last reference to any object is gone. Whether a finalizer may have run.
inline bool bury(PyObject* object) {
    if (Py_IS_TYPE(object, &PyLong_Type)) {
        buryInt(object);
        return false;
    }
    PyTypeObject* type = Py_TYPE(object);
    const bool isBuried = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)
                              ? buryInstance(object)
                              : type == &PyFunction_Type && buryFunction(object);
    if (!isBuried) {
        _Py_Dealloc(object);
    }
    return true;
}

/// Gives any reference back. Whether that was the last one to an object that may run a finalizer.
inline bool releaseObject(PyObject* object) {
    if (decrement(object) != 0) [[likely]] {
        return false;
    }
    return bury(object);
}

}  // namespace pyjion::python
