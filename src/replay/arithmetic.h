// SPDX-License-Identifier: MIT
// What the interpreter calculates from exact ints and floats, bools and None: by CPython's own functions, which run
// none of the program's code for these.
#pragma once

#include <Python.h>

#include <cstdint>
#include <vector>

#include "bytecode/opcode.h"
#include "replay/value.h"

namespace pyjion::replay {

/// BINARY_OP. A new reference; null with an exception set.
PyObject* calculate(uint32_t binaryOperator, PyObject* left, PyObject* right);
/// The same for an instruction with one operand.
PyObject* calculate(bytecode::Opcode unary, PyObject* input);

/// What a call of `range` gives; unknown when its values do not fit 64 bits.
Value rangeOf(const std::vector<Value>& arguments);

}  // namespace pyjion::replay
