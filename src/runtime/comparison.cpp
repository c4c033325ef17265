// SPDX-License-Identifier: MIT
// Rich comparisons. One template per form makes the six helpers of it; the fast paths (small ints, floats, the two
// mixed, strings) run no Python code and give a C++ bool.
#include "runtime/comparison.h"

#include <optional>

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

/// The result for operands that need no Python code, whose types are then recorded; references are untouched.
template <int operation>
inline std::optional<bool> compareFast(PyObject* left, PyObject* right, Site* site) {
    if (isExactInt(left) && isExactInt(right)) {
        if (!isSmall(left) || !isSmall(right)) {
            return std::nullopt;
        }
        site->seenLeft |= kIntBit;
        site->seenRight |= kIntBit;
        return holds<operation>(smallValue(left), smallValue(right));
    }
    double leftValue, rightValue;
    if (asDouble(left, leftValue) && asDouble(right, rightValue)) {
        site->seenLeft |= isExactInt(left) ? kIntBit : kFloatBit;
        site->seenRight |= isExactInt(right) ? kIntBit : kFloatBit;
        return holds<operation>(leftValue, rightValue);
    }
    return std::nullopt;
}

/// The result object, with the operands released and their types recorded.
[[gnu::noinline]] PyObject* compareSlow(PyObject* left, PyObject* right, Site* site, int operation) {
    site->seenLeft |= typeBit(left);
    site->seenRight |= typeBit(right);
    PyObject* result = PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right)
                           ? PyUnicode_RichCompare(left, right, operation)
                           : PyObject_RichCompare(left, right, operation);
    Py_DECREF(left);
    Py_DECREF(right);
    return result;
}

[[gnu::noinline]] int32_t compareTruthSlow(PyObject* left, PyObject* right, Site* site, int operation) {
    PyObject* result = compareSlow(left, right, site, operation);
    // If the comparison switched tracing on, the jump is the interpreter's: maybe_call_line_trace would report it as an
    // opcode, or as a line when it has one of its own.
    result = finish(result);
    if (result == nullptr) {
        return -1;
    }
    const int truth = PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth;
}

template <int operation>
PyObject* compare(PyObject* left, PyObject* right, Site* site) {
    const std::optional<bool> fast = compareFast<operation>(left, right, site);
    if (!fast) {
        return finish(compareSlow(left, right, site, operation));
    }
    Py_DECREF(left);
    Py_DECREF(right);
    PyObject* result = *fast ? Py_True : Py_False;
    Py_INCREF(result);
    return result;
}

template <int operation>
int32_t compareTruth(PyObject* left, PyObject* right, Site* site) {
    const std::optional<bool> fast = compareFast<operation>(left, right, site);
    if (!fast) {
        return compareTruthSlow(left, right, site, operation);
    }
    Py_DECREF(left);
    Py_DECREF(right);
    return *fast;
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

int32_t compareTruthLess(PyObject* left, PyObject* right, Site* site) {
    return compareTruth<Py_LT>(left, right, site);
}
int32_t compareTruthLessEqual(PyObject* left, PyObject* right, Site* site) {
    return compareTruth<Py_LE>(left, right, site);
}
int32_t compareTruthEqual(PyObject* left, PyObject* right, Site* site) {
    return compareTruth<Py_EQ>(left, right, site);
}
int32_t compareTruthNotEqual(PyObject* left, PyObject* right, Site* site) {
    return compareTruth<Py_NE>(left, right, site);
}
int32_t compareTruthGreater(PyObject* left, PyObject* right, Site* site) {
    return compareTruth<Py_GT>(left, right, site);
}
int32_t compareTruthGreaterEqual(PyObject* left, PyObject* right, Site* site) {
    return compareTruth<Py_GE>(left, right, site);
}

}  // namespace pyjion::runtime
