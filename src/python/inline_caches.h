// SPDX-License-Identifier: MIT
// The inline caches of CPython's specialised instructions: the code units behind the instruction, by whose opcode they
// must be read.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

/// Of LOAD_ATTR_INSTANCE_VALUE, LOAD_ATTR_SLOT, STORE_ATTR_INSTANCE_VALUE and STORE_ATTR_SLOT.
struct AttributePlace {
    uint32_t typeVersion = 0;
    uint32_t place = 0;  // the index of the value, or the offset in bytes of the slot
};
AttributePlace attributePlace(PyCodeObject* code, int32_t instruction);

/// Of LOAD_METHOD_NO_DICT and LOAD_METHOD_WITH_VALUES.
struct FoundMethod {
    uint32_t typeVersion = 0;
    uint32_t sharedNamesVersion = 0;  // LOAD_METHOD_WITH_VALUES
    PyObject* method = nullptr;       // borrowed; alive while the type has its version
};
FoundMethod foundMethod(PyCodeObject* code, int32_t instruction);

}  // namespace pyjion::python
