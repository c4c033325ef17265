// SPDX-License-Identifier: MIT
// The inline caches of CPython's specialised instructions: the code units behind the instruction, by whose opcode they
// must be read.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

/// Of LOAD_ATTR_INSTANCE_VALUE, LOAD_ATTR_SLOT, STORE_ATTR_INSTANCE_VALUE, STORE_ATTR_SLOT, LOAD_METHOD_NO_DICT and
/// LOAD_METHOD_WITH_VALUES: the version tag of the owner's class.
uint32_t classVersion(PyCodeObject* code, int32_t instruction);

}  // namespace pyjion::python
