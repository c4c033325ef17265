// SPDX-License-Identifier: MIT
// UNPACK_SEQUENCE and UNPACK_EX: the sequence is consumed; the items are written to value-stack slots, the first item
// to the top.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

int32_t unpackSequence(PyObject* sequence, int32_t count, PyObject** results);
/// `counts`: the items before the starred one, and times 256 those behind it.
int32_t unpackEx(PyObject* sequence, int32_t counts, PyObject** results);

}  // namespace pyjion::runtime
