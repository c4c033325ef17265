// SPDX-License-Identifier: MIT
// Boxing, and the arithmetic of float.__floordiv__, float.__mod__ and len(range()).
#include "runtime/boxing.h"

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "base/math_functions.h"
#include "python/certain_numbers.h"
#include "python/int_objects.h"
#include "runtime/numbers.h"

namespace pyjion::runtime {

namespace {

// No exception is set where compiled code boxes: the MemoryError is that of the attempt.

[[gnu::noinline]] PyObject* reservedInt(int64_t value) {
    PyErr_Clear();
    return python::certainInt(value);
}

[[gnu::noinline]] PyObject* reservedDouble(double value) {
    PyErr_Clear();
    return python::certainDouble(value);
}

}  // namespace

PyObject* boxInt(int64_t value) {
    PyObject* object = python::makeInt(value);
    return object != nullptr ? object : reservedInt(value);
}

PyObject* boxDouble(double value) {
    PyObject* object = PyFloat_FromDouble(value);
    return object != nullptr ? object : reservedDouble(value);
}

int64_t unboxIntSlow(PyObject* object) {
    if (!isExactInt(object)) {
        return INT64_MIN;
    }
    const Py_ssize_t size = Py_SIZE(object);
    const Py_ssize_t count = size < 0 ? -size : size;
    if (count > 3) {
        return INT64_MIN;
    }
    unsigned __int128 magnitude = 0;
    for (Py_ssize_t i = count; i-- > 0;) {
        magnitude = magnitude << PyLong_SHIFT | reinterpret_cast<PyLongObject*>(object)->ob_digit[i];
    }
    constexpr uint64_t kLimit = uint64_t(1) << 62;
    if (magnitude > kLimit || (magnitude == kLimit && size > 0)) {
        return INT64_MIN;
    }
    const auto value = static_cast<int64_t>(magnitude);
    return size < 0 ? -value : value;
}

// Mirrors _float_div_mod: the quotient is formed from the exact remainder, and zeros get their signs.
double floatFloorDivide(double left, double right) {
    const double remainder = std::fmod(left, right);
    double quotient = (left - remainder) / right;
    if (remainder != 0.0 && (right < 0.0) != (remainder < 0.0)) {
        quotient -= 1.0;
    }
    if (quotient == 0.0) {
        return std::copysign(0.0, left / right);
    }
    const double floored = std::floor(quotient);
    return quotient - floored > 0.5 ? floored + 1.0 : floored;
}

// Mirrors float_rem: the remainder has the divisor's sign, also when it is zero.
double floatModulo(double left, double right) {
    const double remainder = std::fmod(left, right);
    if (remainder == 0.0) {
        return std::copysign(0.0, right);
    }
    return (right < 0.0) != (remainder < 0.0) ? remainder + right : remainder;
}

double mathFunction(double argument, int64_t number) {
    return base::mathResult(base::mathFunctions()[static_cast<size_t>(number)], argument);
}

namespace {

/// The square, if it is certain that pow() gives the same: that is off by 0.54 units in the last place at most (see
/// sysdeps/ieee754/dbl-64/e_pow.c of glibc), so that it can give no other number than the closest one unless the exact
/// square is almost in the middle of two.
std::optional<double> certainSquare(double number) {
    constexpr double kSurelyCloser = 0.45;
    constexpr double kFewestNormal = 0x1p-900;  // from there on the error of the product is a number, exactly
    constexpr uint64_t kExponent = 0x7ffULL << 52;
    const double square = number * number;
    const double unit = std::bit_cast<double>(std::bit_cast<uint64_t>(square) & kExponent) * 0x1p-52;
    // The exact error of the product, from halves of the number (Dekker, "A floating-point technique for extending the
    // available precision", 1971).
    const double scaled = number * (0x1p27 + 1);
    const double high = scaled - (scaled - number);
    const double low = number - high;
    const double error = ((high * high - square) + 2 * high * low) + low * low;
    const bool isCertain = square > kFewestNormal && std::isfinite(square) && std::abs(error) < kSurelyCloser * unit;
    return isCertain ? std::optional(square) : std::nullopt;
}

}  // namespace

double floatPower(double left, double right) {
    if (right == 2) {
        if (const std::optional<double> square = certainSquare(left)) {
            return *square;
        }
    }
    if (left == 0 && right > 0 && std::isfinite(right)) {
        return std::pow(left, right);  // zero
    }
    const bool isReal = left > 0 || (left < 0 && right == std::floor(right));
    const double power = isReal && std::isfinite(left) && std::isfinite(right) ? std::pow(left, right) : 0.0;
    return std::isnormal(power) ? power : std::numeric_limits<double>::quiet_NaN();
}

int64_t rangeCount(int64_t start, int64_t stop, int64_t step) {
    if (step == 0) {
        return -1;
    }
    const __int128 distance = step > 0 ? __int128(stop) - start : __int128(start) - stop;
    if (distance <= 0) {
        return 0;
    }
    const __int128 stride = step > 0 ? __int128(step) : -__int128(step);
    const __int128 count = (distance + stride - 1) / stride;
    const __int128 behind = start + count * step;
    if (count > INT64_MAX || behind > INT64_MAX || behind < INT64_MIN) {
        return -1;
    }
    return static_cast<int64_t>(count);
}

PyObject* makeRangeIter(int64_t next, int64_t step, int64_t count) {
    return python::certainRangeIterator({next, step, count});
}

}  // namespace pyjion::runtime
