// SPDX-License-Identifier: MIT
// Binary operators. One template makes the twelve helpers: an operator says how small ints and doubles are combined,
// which slot of int does the other ints, and whether it divides, so that zero is left to CPython, which raises the
// error; a PyNumber_* function does everything else.
#include "runtime/arithmetic.h"

#include <opcode.h>

#include "python/int_objects.h"
#include "runtime/boxing.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"
#include "runtime/operators.h"

namespace pyjion::runtime {
namespace {

struct Add {
    static constexpr bool kDivides = false;
    static PyObject* ints(int64_t left, int64_t right) { return python::makeInt(left + right); }
    static double doubles(double left, double right) { return left + right; }
    static constexpr binaryfunc PyNumberMethods::*kIntSlot = &PyNumberMethods::nb_add;
};

struct Subtract {
    static constexpr bool kDivides = false;
    static PyObject* ints(int64_t left, int64_t right) { return python::makeInt(left - right); }
    static double doubles(double left, double right) { return left - right; }
    static constexpr binaryfunc PyNumberMethods::*kIntSlot = &PyNumberMethods::nb_subtract;
};

struct Multiply {
    static constexpr bool kDivides = false;
    static PyObject* ints(int64_t left, int64_t right) { return python::makeInt(left * right); }
    static double doubles(double left, double right) { return left * right; }
    static constexpr binaryfunc PyNumberMethods::*kIntSlot = &PyNumberMethods::nb_multiply;
};

struct TrueDivide {
    static constexpr bool kDivides = true;
    // Both operands are exact as doubles, so that one division rounds once, as long_true_divide does.
    static PyObject* ints(int64_t left, int64_t right) {
        return PyFloat_FromDouble(static_cast<double>(left) / static_cast<double>(right));
    }
    static double doubles(double left, double right) { return left / right; }
    static constexpr binaryfunc PyNumberMethods::*kIntSlot = &PyNumberMethods::nb_true_divide;
};

struct FloorDivide {
    static constexpr bool kDivides = true;
    static PyObject* ints(int64_t left, int64_t right) {
        const int64_t quotient = left / right;
        return python::makeInt(quotient - (left % right != 0 && (left < 0) != (right < 0)));
    }
    static double doubles(double left, double right) { return floatFloorDivide(left, right); }
    static constexpr binaryfunc PyNumberMethods::*kIntSlot = &PyNumberMethods::nb_floor_divide;
};

struct Modulo {
    static constexpr bool kDivides = true;
    static PyObject* ints(int64_t left, int64_t right) {
        const int64_t remainder = left % right;
        return python::makeInt(remainder != 0 && (left < 0) != (right < 0) ? remainder + right : remainder);
    }
    static double doubles(double left, double right) { return floatModulo(left, right); }
    static constexpr binaryfunc PyNumberMethods::*kIntSlot = &PyNumberMethods::nb_remainder;
};

// Not inlined: it keeps the fast paths free of saved registers.
[[gnu::noinline]] PyObject* slowBinary(PyObject* left, PyObject* right, Site* site, binaryfunc generic,
                                       python::OperatorNumber number) {
    recordType(site->seenLeft, left);
    recordType(site->seenRight, right);
    noteOperand(site, left, number);
    PyObject* result = generic(left, right);
    Py_DECREF(left);
    Py_DECREF(right);
    return finish(result);
}

/// Two exact ints of any size.
template <typename Operator>
PyObject* binaryInts(PyObject* left, PyObject* right, Site* site) {
    site->seenLeft |= kIntBit;
    site->seenRight |= kIntBit;
    if (isSmall(left) && isSmall(right) && !(Operator::kDivides && smallValue(right) == 0)) {
        const int64_t leftValue = smallValue(left);
        const int64_t rightValue = smallValue(right);
        python::releaseInt(left);
        python::releaseInt(right);
        return Operator::ints(leftValue, rightValue);
    }
    recordType(site->seenLeft, left);
    recordType(site->seenRight, right);
    // Long multiplications and divisions handle signals now and then (SIGCHECK), and so run Python code.
    PyObject* result = (PyLong_Type.tp_as_number->*Operator::kIntSlot)(left, right);
    if (result != nullptr && isExactInt(result) && python::isLongInt(result)) {
        site->seenLeft |= kOtherBit;
    }
    Py_DECREF(left);
    Py_DECREF(right);
    return finish(result);
}

template <typename Operator, binaryfunc generic, python::OperatorNumber number>
PyObject* binary(PyObject* left, PyObject* right, Site* site) {
    if (isExactInt(left) && isExactInt(right)) {
        return binaryInts<Operator>(left, right, site);
    }
    double leftValue, rightValue;
    if (asDouble(left, leftValue) && asDouble(right, rightValue) && !(Operator::kDivides && rightValue == 0.0)) {
        site->seenLeft |= isExactInt(left) ? kIntBit : kFloatBit;
        site->seenRight |= isExactInt(right) ? kIntBit : kFloatBit;
        return floatResult(left, right, Operator::doubles(leftValue, rightValue));
    }
    return slowBinary(left, right, site, generic, number);
}

/// Whether `local + right`, about to be stored into that local, can extend the string in place.
bool extendsLocal(PyObject* left, PyObject* right, PyObject** slot) {
    return slot != nullptr && *slot == left && PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right);
}

PyObject* extendLocal(PyObject* right, Site* site, PyObject** slot) {
    site->seenLeft |= kStrBit;
    site->seenRight |= kStrBit;
    // Of the two references that the caller and the local hold, one is given up, so that PyUnicode_Append can see
    // whether anybody else has the string.
    PyObject* string = *slot;
    *slot = nullptr;
    Py_DECREF(string);
    PyUnicode_Append(&string, right);
    Py_DECREF(right);
    return string;
}

}  // namespace

PyObject* add(PyObject* left, PyObject* right, Site* site) {
    return binary<Add, PyNumber_Add, NB_ADD>(left, right, site);
}
PyObject* subtract(PyObject* left, PyObject* right, Site* site) {
    return binary<Subtract, PyNumber_Subtract, NB_SUBTRACT>(left, right, site);
}
PyObject* multiply(PyObject* left, PyObject* right, Site* site) {
    return binary<Multiply, PyNumber_Multiply, NB_MULTIPLY>(left, right, site);
}
PyObject* trueDivide(PyObject* left, PyObject* right, Site* site) {
    return binary<TrueDivide, PyNumber_TrueDivide, NB_TRUE_DIVIDE>(left, right, site);
}
PyObject* floorDivide(PyObject* left, PyObject* right, Site* site) {
    return binary<FloorDivide, PyNumber_FloorDivide, NB_FLOOR_DIVIDE>(left, right, site);
}
PyObject* modulo(PyObject* left, PyObject* right, Site* site) {
    return binary<Modulo, PyNumber_Remainder, NB_REMAINDER>(left, right, site);
}
PyObject* inplaceAdd(PyObject* left, PyObject* right, Site* site) {
    return binary<Add, PyNumber_InPlaceAdd, NB_INPLACE_ADD>(left, right, site);
}
PyObject* inplaceSubtract(PyObject* left, PyObject* right, Site* site) {
    return binary<Subtract, PyNumber_InPlaceSubtract, NB_INPLACE_SUBTRACT>(left, right, site);
}
PyObject* inplaceMultiply(PyObject* left, PyObject* right, Site* site) {
    return binary<Multiply, PyNumber_InPlaceMultiply, NB_INPLACE_MULTIPLY>(left, right, site);
}
PyObject* inplaceTrueDivide(PyObject* left, PyObject* right, Site* site) {
    return binary<TrueDivide, PyNumber_InPlaceTrueDivide, NB_INPLACE_TRUE_DIVIDE>(left, right, site);
}
PyObject* inplaceFloorDivide(PyObject* left, PyObject* right, Site* site) {
    return binary<FloorDivide, PyNumber_InPlaceFloorDivide, NB_INPLACE_FLOOR_DIVIDE>(left, right, site);
}
PyObject* inplaceModulo(PyObject* left, PyObject* right, Site* site) {
    return binary<Modulo, PyNumber_InPlaceRemainder, NB_INPLACE_REMAINDER>(left, right, site);
}

PyObject* addLocal(PyObject* left, PyObject* right, Site* site, PyObject** slot) {
    return extendsLocal(left, right, slot) ? extendLocal(right, site, slot) : add(left, right, site);
}
PyObject* inplaceAddLocal(PyObject* left, PyObject* right, Site* site, PyObject** slot) {
    return extendsLocal(left, right, slot) ? extendLocal(right, site, slot) : inplaceAdd(left, right, site);
}

}  // namespace pyjion::runtime
