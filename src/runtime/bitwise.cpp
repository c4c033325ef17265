// SPDX-License-Identifier: MIT
// Small ints are combined here; everything else goes to CPython's number protocol.
#include "runtime/bitwise.h"

#include <opcode.h>

#include "python/int_objects.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"
#include "runtime/operators.h"

namespace pyjion::runtime {
namespace {

/// What both operands are and what they give when both are small ints; null where the protocol must answer.
using SmallInts = PyObject* (*)(int64_t left, int64_t right);

PyObject* andOfSmall(int64_t left, int64_t right) {
    return python::makeInt(left & right);
}
PyObject* orOfSmall(int64_t left, int64_t right) {
    return python::makeInt(left | right);
}
PyObject* xorOfSmall(int64_t left, int64_t right) {
    return python::makeInt(left ^ right);
}
/// Small ints are below 2^30, so that 32 places leave them below 2^62.
constexpr int64_t kPlacesAtHand = 32;
PyObject* leftShiftOfSmall(int64_t left, int64_t right) {
    return right >= 0 && right <= kPlacesAtHand ? python::makeInt(left * (int64_t{1} << right)) : nullptr;
}
PyObject* rightShiftOfSmall(int64_t left, int64_t right) {
    return right >= 0 ? python::makeInt(left >> (right < kPlacesAtHand ? right : kPlacesAtHand)) : nullptr;
}
/// Powers of ints have no short way.
constexpr SmallInts kNone = nullptr;

[[gnu::noinline]] PyObject* byProtocol(PyObject* left, PyObject* right, Site* site, binaryfunc generic,
                                       python::OperatorNumber number) {
    recordType(site->seenLeft, left);
    recordType(site->seenRight, right);
    noteOperand(site, left, number);
    PyObject* result = generic(left, right);
    Py_DECREF(left);
    Py_DECREF(right);
    return finish(result);
}

template <SmallInts smallInts, binaryfunc generic, python::OperatorNumber number>
PyObject* combine(PyObject* left, PyObject* right, Site* site) {
    if constexpr (smallInts != kNone) {
        if (isExactInt(left) && isExactInt(right) && isSmall(left) && isSmall(right)) {
            PyObject* result = smallInts(smallValue(left), smallValue(right));
            if (result != nullptr) {
                site->seenLeft |= kIntBit;
                site->seenRight |= kIntBit;
                python::releaseInt(left);
                python::releaseInt(right);
                return result;
            }
            PyErr_Clear();  // of memory, if of anything: the protocol will run out of it too
        }
    }
    return byProtocol(left, right, site, generic, number);
}

PyObject* powerOf(PyObject* left, PyObject* right) {
    return PyNumber_Power(left, right, Py_None);
}
PyObject* inplacePowerOf(PyObject* left, PyObject* right) {
    return PyNumber_InPlacePower(left, right, Py_None);
}

}  // namespace

PyObject* bitAnd(PyObject* left, PyObject* right, Site* site) {
    return combine<andOfSmall, PyNumber_And, NB_AND>(left, right, site);
}
PyObject* bitOr(PyObject* left, PyObject* right, Site* site) {
    return combine<orOfSmall, PyNumber_Or, NB_OR>(left, right, site);
}
PyObject* bitXor(PyObject* left, PyObject* right, Site* site) {
    return combine<xorOfSmall, PyNumber_Xor, NB_XOR>(left, right, site);
}
PyObject* leftShift(PyObject* left, PyObject* right, Site* site) {
    return combine<leftShiftOfSmall, PyNumber_Lshift, NB_LSHIFT>(left, right, site);
}
PyObject* rightShift(PyObject* left, PyObject* right, Site* site) {
    return combine<rightShiftOfSmall, PyNumber_Rshift, NB_RSHIFT>(left, right, site);
}
PyObject* power(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, powerOf, NB_POWER>(left, right, site);
}
PyObject* matrixMultiply(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, PyNumber_MatrixMultiply, NB_MATRIX_MULTIPLY>(left, right, site);
}
PyObject* inplaceBitAnd(PyObject* left, PyObject* right, Site* site) {
    return combine<andOfSmall, PyNumber_InPlaceAnd, NB_INPLACE_AND>(left, right, site);
}
PyObject* inplaceBitOr(PyObject* left, PyObject* right, Site* site) {
    return combine<orOfSmall, PyNumber_InPlaceOr, NB_INPLACE_OR>(left, right, site);
}
PyObject* inplaceBitXor(PyObject* left, PyObject* right, Site* site) {
    return combine<xorOfSmall, PyNumber_InPlaceXor, NB_INPLACE_XOR>(left, right, site);
}
PyObject* inplaceLeftShift(PyObject* left, PyObject* right, Site* site) {
    return combine<leftShiftOfSmall, PyNumber_InPlaceLshift, NB_INPLACE_LSHIFT>(left, right, site);
}
PyObject* inplaceRightShift(PyObject* left, PyObject* right, Site* site) {
    return combine<rightShiftOfSmall, PyNumber_InPlaceRshift, NB_INPLACE_RSHIFT>(left, right, site);
}
PyObject* inplacePower(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, inplacePowerOf, NB_INPLACE_POWER>(left, right, site);
}
PyObject* inplaceMatrixMultiply(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, PyNumber_InPlaceMatrixMultiply, NB_INPLACE_MATRIX_MULTIPLY>(left, right, site);
}

}  // namespace pyjion::runtime
