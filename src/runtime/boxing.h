// SPDX-License-Identifier: MIT
// Between objects and unboxed numbers, and arithmetic on unboxed numbers that is too long for CIL. Runs no Python code.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// A new reference, never null: see python/certain_numbers.h.
PyObject* boxInt(int64_t value);
PyObject* boxDouble(double value);

/// The value of an exact int in [-2^62, 2^62), else INT64_MIN. Borrows.
int64_t unboxIntSlow(PyObject* object);

// float.__floordiv__ and float.__mod__; the divisor is not 0.
double floatFloorDivide(double left, double right);
double floatModulo(double left, double right);

/// left ** right as float.__pow__ has it; NaN where that has a rule of its own, fails, or is complex.
double floatPower(double left, double right);

/// base::mathResult() of the function with this number.
double mathFunction(double argument, int64_t number);

/// The length of range(start, stop, step), or -1 when step is 0 or when the length or the value behind the last one
/// (start + length * step) does not fit 64 bits.
int64_t rangeCount(int64_t start, int64_t stop, int64_t step);

/// An iterator over `count` values from `next`, as iter(range(...)) makes it; never null.
PyObject* makeRangeIter(int64_t next, int64_t step, int64_t count);

}  // namespace pyjion::runtime
