// SPDX-License-Identifier: MIT
// Reads a code object's location table: the line of every code unit, in one pass. (PyCode_Addr2Line scans the table
// from its beginning for each question.)
#pragma once

#include <Python.h>

#include <cstdint>
#include <vector>

namespace pyjion::bytecode {

/// Line of each code unit, -1 for units without one. Format: Objects/locations.md of CPython 3.11.
std::vector<int32_t> readLines(PyCodeObject* code);

}  // namespace pyjion::bytecode
