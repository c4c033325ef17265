// SPDX-License-Identifier: MIT
// Rich comparisons. One template per form makes the six helpers of it; the fast paths (small ints, floats, the two
// mixed, strings) run no Python code and give a C++ bool.
#include "runtime/comparison.h"

#include "python/frame.h"
#include "python/int_objects.h"
#include "python/lookup.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"

namespace pyjion::runtime {
namespace {

/// `operation` is CPython's Py_LT … Py_GE.
template <int operation, typename T>
bool holds(T left, T right) {
    static_assert(operation >= Py_LT && operation <= Py_GE);
    if constexpr (operation == Py_LT) {
        return left < right;
    } else if constexpr (operation == Py_LE) {
        return left <= right;
    } else if constexpr (operation == Py_EQ) {
        return left == right;
    } else if constexpr (operation == Py_NE) {
        return left != right;
    } else if constexpr (operation == Py_GT) {
        return left > right;
    } else {
        return left >= right;
    }
}

constexpr int32_t kNotAtHand = -1;

/// CPython counts a comparison as a level of recursion, but not where it has specialised it, which needs a jump behind
/// it, and operands of one type.
inline bool isLevelLeft() {
    return python::currentThread()->recursion_remaining > 0;
}

/// 0 or 1 for operands that need no Python code, with their types recorded and their references given back; or
/// kNotAtHand with nothing done.
template <int operation, bool jumps>
inline int32_t compareFast(PyObject* left, PyObject* right, Site* site) {
    if (!jumps && !isLevelLeft()) [[unlikely]] {
        return kNotAtHand;
    }
    if (isExactInt(left) && isExactInt(right)) {
        if (!isSmall(left) || !isSmall(right)) {
            return kNotAtHand;
        }
        site->seenLeft |= kIntBit;
        site->seenRight |= kIntBit;
        const bool result = holds<operation>(smallValue(left), smallValue(right));
        python::releaseInt(left);
        python::releaseInt(right);
        return result;
    }
    double leftValue, rightValue;
    if (asDouble(left, leftValue) && asDouble(right, rightValue)) {
        if (jumps && Py_TYPE(left) != Py_TYPE(right) && !isLevelLeft()) [[unlikely]] {
            return kNotAtHand;
        }
        site->seenLeft |= isExactInt(left) ? kIntBit : kFloatBit;
        site->seenRight |= isExactInt(right) ? kIntBit : kFloatBit;
        Py_DECREF(left);
        Py_DECREF(right);
        return holds<operation>(leftValue, rightValue);
    }
    return kNotAtHand;
}

/// The result object, with the operands released and their types recorded.
[[gnu::noinline]] PyObject* compareSlow(PyObject* left, PyObject* right, Site* site, int operation) {
    recordType(site->seenLeft, left);
    recordType(site->seenRight, right);
    PyObject* result = PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right) && isLevelLeft()
                           ? PyUnicode_RichCompare(left, right, operation)
                           : PyObject_RichCompare(left, right, operation);
    Py_DECREF(left);
    Py_DECREF(right);
    return result;
}

inline int32_t truthOfBool(PyObject* object) {
    const bool isTrue = object == Py_True;
    Py_DECREF(object);
    return isTrue;
}

[[gnu::noinline]] int32_t compareTruthSlow(PyObject* left, PyObject* right, Site* site, int32_t jump, int operation) {
    const bool isSpecialised = operation == Py_EQ || operation == Py_NE;
    if (isSpecialised && python::areTexts(left, right)) {
        site->seenLeft |= kStrBit;
        site->seenRight |= kStrBit;
        const bool isSame = python::isSameText(left, right);
        Py_DECREF(left);
        Py_DECREF(right);
        return isSame == (operation == Py_EQ) ? 1 : 0;
    }
    if (PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right) && (isSpecialised || isLevelLeft())) {
        site->seenLeft |= kStrBit;
        site->seenRight |= kStrBit;
        PyObject* result = PyUnicode_RichCompare(left, right, operation);
        Py_DECREF(left);
        Py_DECREF(right);
        return result != nullptr ? truthOfBool(result) : kComparisonFailed;
    }
    PyObject* result = compareSlow(left, right, site, operation);
    // If the comparison switched tracing on, the jump is the interpreter's: maybe_call_line_trace would report it as an
    // opcode, or as a line when it has one of its own.
    PyThreadState* ts = python::currentThread();
    result = finish(ts, result);
    if (result == nullptr) {
        return kComparisonFailed;
    }
    if (PyBool_Check(result)) {
        return truthOfBool(result);
    }
    python::setRunning(python::currentFrame(ts), jump);
    const int truth = PyObject_IsTrue(result);
    Py_DECREF(result);
    const int32_t decision = decided(ts, truth);
    return decision >= 0 ? decision : kTruthFailed;
}

template <int operation>
PyObject* compare(PyObject* left, PyObject* right, Site* site) {
    const int32_t fast = compareFast<operation, false>(left, right, site);
    if (fast == kNotAtHand) {
        return finish(compareSlow(left, right, site, operation));
    }
    return Py_NewRef(fast != 0 ? Py_True : Py_False);
}

template <int operation>
int32_t compareTruth(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    const int32_t fast = compareFast<operation, true>(left, right, site);
    return fast != kNotAtHand ? fast : compareTruthSlow(left, right, site, jump, operation);
}

}  // namespace

PyObject* compareLess(PyObject* left, PyObject* right, Site* site) {
    return compare<Py_LT>(left, right, site);
}
PyObject* compareLessEqual(PyObject* left, PyObject* right, Site* site) {
    return compare<Py_LE>(left, right, site);
}
PyObject* compareEqual(PyObject* left, PyObject* right, Site* site) {
    return compare<Py_EQ>(left, right, site);
}
PyObject* compareNotEqual(PyObject* left, PyObject* right, Site* site) {
    return compare<Py_NE>(left, right, site);
}
PyObject* compareGreater(PyObject* left, PyObject* right, Site* site) {
    return compare<Py_GT>(left, right, site);
}
PyObject* compareGreaterEqual(PyObject* left, PyObject* right, Site* site) {
    return compare<Py_GE>(left, right, site);
}

int32_t compareTruthLess(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    return compareTruth<Py_LT>(left, right, site, jump);
}
int32_t compareTruthLessEqual(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    return compareTruth<Py_LE>(left, right, site, jump);
}
int32_t compareTruthEqual(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    return compareTruth<Py_EQ>(left, right, site, jump);
}
int32_t compareTruthNotEqual(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    return compareTruth<Py_NE>(left, right, site, jump);
}
int32_t compareTruthGreater(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    return compareTruth<Py_GT>(left, right, site, jump);
}
int32_t compareTruthGreaterEqual(PyObject* left, PyObject* right, Site* site, int32_t jump) {
    return compareTruth<Py_GE>(left, right, site, jump);
}

}  // namespace pyjion::runtime
