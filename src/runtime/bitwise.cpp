// SPDX-License-Identifier: MIT
// Small ints are combined here; everything else goes to CPython's number protocol.
#include "runtime/bitwise.h"

#include "python/int_objects.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"

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

[[gnu::noinline]] PyObject* byProtocol(PyObject* left, PyObject* right, Site* site, binaryfunc generic) {
    recordType(site->seenLeft, left);
    recordType(site->seenRight, right);
    PyObject* result = generic(left, right);
    Py_DECREF(left);
    Py_DECREF(right);
    return finish(result);
}

template <SmallInts smallInts, binaryfunc generic>
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
    return byProtocol(left, right, site, generic);
}

PyObject* powerOf(PyObject* left, PyObject* right) {
    return PyNumber_Power(left, right, Py_None);
}
PyObject* inplacePowerOf(PyObject* left, PyObject* right) {
    return PyNumber_InPlacePower(left, right, Py_None);
}

}  // namespace

PyObject* bitAnd(PyObject* left, PyObject* right, Site* site) {
    return combine<andOfSmall, PyNumber_And>(left, right, site);
}
PyObject* bitOr(PyObject* left, PyObject* right, Site* site) {
    return combine<orOfSmall, PyNumber_Or>(left, right, site);
}
PyObject* bitXor(PyObject* left, PyObject* right, Site* site) {
    return combine<xorOfSmall, PyNumber_Xor>(left, right, site);
}
PyObject* leftShift(PyObject* left, PyObject* right, Site* site) {
    return combine<leftShiftOfSmall, PyNumber_Lshift>(left, right, site);
}
PyObject* rightShift(PyObject* left, PyObject* right, Site* site) {
    return combine<rightShiftOfSmall, PyNumber_Rshift>(left, right, site);
}
PyObject* power(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, powerOf>(left, right, site);
}
PyObject* matrixMultiply(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, PyNumber_MatrixMultiply>(left, right, site);
}
PyObject* inplaceBitAnd(PyObject* left, PyObject* right, Site* site) {
    return combine<andOfSmall, PyNumber_InPlaceAnd>(left, right, site);
}
PyObject* inplaceBitOr(PyObject* left, PyObject* right, Site* site) {
    return combine<orOfSmall, PyNumber_InPlaceOr>(left, right, site);
}
PyObject* inplaceBitXor(PyObject* left, PyObject* right, Site* site) {
    return combine<xorOfSmall, PyNumber_InPlaceXor>(left, right, site);
}
PyObject* inplaceLeftShift(PyObject* left, PyObject* right, Site* site) {
    return combine<leftShiftOfSmall, PyNumber_InPlaceLshift>(left, right, site);
}
PyObject* inplaceRightShift(PyObject* left, PyObject* right, Site* site) {
    return combine<rightShiftOfSmall, PyNumber_InPlaceRshift>(left, right, site);
}
PyObject* inplacePower(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, inplacePowerOf>(left, right, site);
}
PyObject* inplaceMatrixMultiply(PyObject* left, PyObject* right, Site* site) {
    return combine<kNone, PyNumber_InPlaceMatrixMultiply>(left, right, site);
}

}  // namespace pyjion::runtime
