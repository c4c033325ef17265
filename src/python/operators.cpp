// SPDX-License-Identifier: MIT
#include "python/operators.h"

#include <array>

#include <opcode.h>

namespace pyjion::python {
namespace {

using NumberSlot = binaryfunc PyNumberMethods::*;

struct Row {
    const char* name;
    const char* reflected;
    const char* inPlace;
    const char* symbol;  // in messages
    NumberSlot slot;
    NumberSlot inPlaceSlot;
};

/// By the argument of BINARY_OP, which counts kPlain more for operators in place.
constexpr OperatorNumber kPlain = 13;
constexpr std::array<Row, kPlain> kRows{{
    {"__add__", "__radd__", "__iadd__", "+", &PyNumberMethods::nb_add, &PyNumberMethods::nb_inplace_add},
    {"__and__", "__rand__", "__iand__", "&", &PyNumberMethods::nb_and, &PyNumberMethods::nb_inplace_and},
    {"__floordiv__", "__rfloordiv__", "__ifloordiv__", "//", &PyNumberMethods::nb_floor_divide,
     &PyNumberMethods::nb_inplace_floor_divide},
    {"__lshift__", "__rlshift__", "__ilshift__", "<<", &PyNumberMethods::nb_lshift,
     &PyNumberMethods::nb_inplace_lshift},
    {"__matmul__", "__rmatmul__", "__imatmul__", "@", &PyNumberMethods::nb_matrix_multiply,
     &PyNumberMethods::nb_inplace_matrix_multiply},
    {"__mul__", "__rmul__", "__imul__", "*", &PyNumberMethods::nb_multiply, &PyNumberMethods::nb_inplace_multiply},
    {"__mod__", "__rmod__", "__imod__", "%", &PyNumberMethods::nb_remainder, &PyNumberMethods::nb_inplace_remainder},
    {"__or__", "__ror__", "__ior__", "|", &PyNumberMethods::nb_or, &PyNumberMethods::nb_inplace_or},
    {},  // of three operands
    {"__rshift__", "__rrshift__", "__irshift__", ">>", &PyNumberMethods::nb_rshift,
     &PyNumberMethods::nb_inplace_rshift},
    {"__sub__", "__rsub__", "__isub__", "-", &PyNumberMethods::nb_subtract, &PyNumberMethods::nb_inplace_subtract},
    {"__truediv__", "__rtruediv__", "__itruediv__", "/", &PyNumberMethods::nb_true_divide,
     &PyNumberMethods::nb_inplace_true_divide},
    {"__xor__", "__rxor__", "__ixor__", "^", &PyNumberMethods::nb_xor, &PyNumberMethods::nb_inplace_xor},
}};

/// The name as the keys of classes have it; kept for ever.
PyObject* interned(const char* name) {
    return PyUnicode_InternFromString(name);
}

struct Names {
    PyObject* plain;
    PyObject* reflected;
    PyObject* inPlace;
};

/// Null where there was no memory for a name.
const Names& namesOf(OperatorNumber plain) {
    static std::array<Names, kPlain> all{};
    Names& names = all[plain];
    if (names.inPlace == nullptr) {
        names.plain = interned(kRows[plain].name);
        names.reflected = interned(kRows[plain].reflected);
        names.inPlace = interned(kRows[plain].inPlace);
        PyErr_Clear();
    }
    return names;
}

binaryfunc slotOf(PyTypeObject* type, NumberSlot slot) {
    return type->tp_as_number != nullptr ? type->tp_as_number->*slot : nullptr;
}

PyObject* lookUp(PyTypeObject* type, PyObject* name) {
    return name != nullptr ? _PyType_Lookup(type, name) : nullptr;
}

/// vectorcall_maybe() of the reflected method.
PyObject* callReflected(OperatorNumber plain, PyObject* left, PyObject* right) {
    PyObject* found = lookUp(Py_TYPE(right), namesOf(plain).reflected);
    if (found == nullptr) {
        return Py_NewRef(Py_NotImplemented);
    }
    Py_INCREF(found);
    const descrgetfunc bind = Py_TYPE(found)->tp_descr_get;
    PyObject* method =
        bind != nullptr ? bind(found, right, reinterpret_cast<PyObject*>(Py_TYPE(right))) : Py_NewRef(found);
    PyObject* result = method != nullptr ? PyObject_CallOneArg(method, left) : nullptr;
    Py_DECREF(found);
    Py_XDECREF(method);
    return result;
}

/// What follows in binary_op1() and the slot of `left` when its method has returned NotImplemented.
PyObject* askRight(OperatorNumber plain, PyObject* left, PyObject* right) {
    PyTypeObject* type = Py_TYPE(right);
    const binaryfunc slot = slotOf(type, kRows[plain].slot);
    if (type == Py_TYPE(left) || slot == nullptr) {
        return Py_NewRef(Py_NotImplemented);
    }
    // The same slot: both classes are written in Python.
    return slot == slotOf(Py_TYPE(left), kRows[plain].slot) ? callReflected(plain, left, right) : slot(left, right);
}

/// binary_op1() from its start.
PyObject* askBoth(OperatorNumber plain, PyObject* left, PyObject* right) {
    const binaryfunc first = slotOf(Py_TYPE(left), kRows[plain].slot);
    binaryfunc second = Py_TYPE(right) != Py_TYPE(left) ? slotOf(Py_TYPE(right), kRows[plain].slot) : nullptr;
    second = second == first ? nullptr : second;
    const bool secondComesFirst = first != nullptr && second != nullptr && isDerived(right, left);
    for (const binaryfunc slot : {secondComesFirst ? second : first, secondComesFirst ? first : second}) {
        PyObject* result = slot != nullptr ? slot(left, right) : Py_NewRef(Py_NotImplemented);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    return Py_NewRef(Py_NotImplemented);
}

/// sequence_repeat().
PyObject* repeat(ssizeargfunc slot, PyObject* sequence, PyObject* count) {
    if (PyIndex_Check(count) == 0) {
        PyErr_Format(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'", Py_TYPE(count)->tp_name);
        return nullptr;
    }
    const Py_ssize_t times = PyNumber_AsSsize_t(count, PyExc_OverflowError);
    return times == -1 && PyErr_Occurred() != nullptr ? nullptr : slot(sequence, times);
}

/// What PyNumber_Add(), PyNumber_Multiply() and those in place do with sequences when numbers have said nothing; null
/// without an exception when there is no sequence.
PyObject* askSequences(OperatorNumber plain, bool inPlace, PyObject* left, PyObject* right) {
    const PySequenceMethods* ofLeft = Py_TYPE(left)->tp_as_sequence;
    const PySequenceMethods* ofRight = Py_TYPE(right)->tp_as_sequence;
    if (plain == NB_ADD && ofLeft != nullptr) {
        const binaryfunc own = inPlace ? ofLeft->sq_inplace_concat : nullptr;
        const binaryfunc slot = own != nullptr ? own : ofLeft->sq_concat;
        return slot != nullptr ? slot(left, right) : nullptr;
    }
    if (plain != NB_MULTIPLY) {
        return nullptr;
    }
    if (ofLeft != nullptr) {
        const ssizeargfunc own = inPlace ? ofLeft->sq_inplace_repeat : nullptr;
        if (const ssizeargfunc slot = own != nullptr ? own : ofLeft->sq_repeat) {
            return repeat(slot, left, right);
        }
    }
    // In place, only a left operand that can be no sequence at all lets the right one be asked.
    const bool asksRight = !inPlace || ofLeft == nullptr;
    return asksRight && ofRight != nullptr && ofRight->sq_repeat != nullptr ? repeat(ofRight->sq_repeat, right, left)
                                                                            : nullptr;
}

/// The rest of the protocol. Borrows its operands.
PyObject* goOnWithout(OperatorNumber number, PyObject* left, PyObject* right) {
    const OperatorNumber plain = number % kPlain;
    const bool inPlace = number >= kPlain;
    const bool wasInPlace = inPlace && slotOf(Py_TYPE(left), kRows[plain].inPlaceSlot) != nullptr;
    PyObject* result = wasInPlace ? askBoth(plain, left, right) : askRight(plain, left, right);
    if (result != Py_NotImplemented) {
        return result;
    }
    Py_DECREF(result);
    result = askSequences(plain, inPlace, left, right);
    if (result == nullptr && PyErr_Occurred() == nullptr) {
        PyErr_Format(PyExc_TypeError, "unsupported operand type(s) for %s%s: '%.100s' and '%.100s'",
                     kRows[plain].symbol, inPlace ? "=" : "", Py_TYPE(left)->tp_name, Py_TYPE(right)->tp_name);
    }
    return result;
}

}  // namespace

PyFunctionObject* operatorMethod(PyTypeObject* left, OperatorNumber number) {
    static PyObject* const item = interned("__getitem__");
    PyObject* found = nullptr;
    if (number != kSubscription && number % kPlain == NB_POWER) {
        return nullptr;
    }
    if (number == kSubscription) {
        found = lookUp(left, item);
    } else if (const Names& names = namesOf(number % kPlain); number >= kPlain) {
        found = lookUp(left, names.inPlace);
        found = found != nullptr ? found : lookUp(left, names.plain);
    } else {
        found = lookUp(left, names.plain);
    }
    return found != nullptr && PyFunction_Check(found) ? reinterpret_cast<PyFunctionObject*>(found) : nullptr;
}

bool isDerived(PyObject* right, PyObject* left) {
    return Py_TYPE(right) != Py_TYPE(left) && PyType_IsSubtype(Py_TYPE(right), Py_TYPE(left)) != 0;
}

PyObject* finishOperator(OperatorNumber number, PyObject* left, PyObject* right, PyObject* result) {
    if (result == Py_NotImplemented && number != kSubscription) {
        Py_DECREF(result);
        result = goOnWithout(number, left, right);
    }
    Py_DECREF(left);
    Py_DECREF(right);
    return result;
}

}  // namespace pyjion::python
