// SPDX-License-Identifier: MIT
// The builtin types that the compiler knows by name. Exact types only: a subclass is another type.
#pragma once

#include <Python.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace pyjion::python {

// TYPE(name, type object)
#define PYJION_EXACT_TYPES(TYPE)               \
    TYPE(Long, PyLong_Type)                    \
    TYPE(Float, PyFloat_Type)                  \
    TYPE(Bool, PyBool_Type)                    \
    TYPE(None, *Py_TYPE(Py_None))              \
    TYPE(Str, PyUnicode_Type)                  \
    TYPE(Bytes, PyBytes_Type)                  \
    TYPE(Tuple, PyTuple_Type)                  \
    TYPE(List, PyList_Type)                    \
    TYPE(Dict, PyDict_Type)                    \
    TYPE(Set, PySet_Type)                      \
    TYPE(Slice, PySlice_Type)                  \
    TYPE(Range, PyRange_Type)                  \
    TYPE(RangeIter, PyRangeIter_Type)          \
    TYPE(ListIter, PyListIter_Type)            \
    TYPE(TupleIter, PyTupleIter_Type)          \
    TYPE(Cell, PyCell_Type)                    \
    TYPE(Function, PyFunction_Type)            \
    TYPE(Builtin, PyCFunction_Type)            \
    TYPE(Method, PyMethod_Type)                \
    TYPE(MethodDescriptor, PyMethodDescr_Type) \
    TYPE(Generator, PyGen_Type)                \
    TYPE(Module, PyModule_Type)                \
    TYPE(Type, PyType_Type)

enum class ExactType : uint8_t {
#define TYPE(name, object) name,
    PYJION_EXACT_TYPES(TYPE)
#undef TYPE
};

inline constexpr std::array kExactTypeNames = {
#define TYPE(name, object) std::string_view(#name),
    PYJION_EXACT_TYPES(TYPE)
#undef TYPE
};

inline std::string_view nameOf(ExactType type) {
    return kExactTypeNames[static_cast<size_t>(type)];
}

/// The type object; immortal, as it is part of the interpreter.
inline PyTypeObject* typeObject(ExactType type) {
    switch (type) {
#define TYPE(name, object) \
    case ExactType::name:  \
        return &object;
        PYJION_EXACT_TYPES(TYPE)
#undef TYPE
    }
    return nullptr;
}

}  // namespace pyjion::python
