// SPDX-License-Identifier: MIT
#include "replay/arithmetic.h"

#include <array>

namespace pyjion::replay {

using bytecode::BinaryOperator;
using bytecode::Opcode;

namespace {

PyObject* power(PyObject* base, PyObject* exponent) {
    return PyNumber_Power(base, exponent, Py_None);
}

using Function = PyObject* (*)(PyObject*, PyObject*);
struct Row {
    BinaryOperator plain;
    BinaryOperator inplace;  // the same for objects that do not change
    Function function;
};
constexpr auto kRows = std::to_array<Row>({
    {BinaryOperator::NB_ADD, BinaryOperator::NB_INPLACE_ADD, PyNumber_Add},
    {BinaryOperator::NB_SUBTRACT, BinaryOperator::NB_INPLACE_SUBTRACT, PyNumber_Subtract},
    {BinaryOperator::NB_MULTIPLY, BinaryOperator::NB_INPLACE_MULTIPLY, PyNumber_Multiply},
    {BinaryOperator::NB_TRUE_DIVIDE, BinaryOperator::NB_INPLACE_TRUE_DIVIDE, PyNumber_TrueDivide},
    {BinaryOperator::NB_FLOOR_DIVIDE, BinaryOperator::NB_INPLACE_FLOOR_DIVIDE, PyNumber_FloorDivide},
    {BinaryOperator::NB_REMAINDER, BinaryOperator::NB_INPLACE_REMAINDER, PyNumber_Remainder},
    {BinaryOperator::NB_AND, BinaryOperator::NB_INPLACE_AND, PyNumber_And},
    {BinaryOperator::NB_OR, BinaryOperator::NB_INPLACE_OR, PyNumber_Or},
    {BinaryOperator::NB_XOR, BinaryOperator::NB_INPLACE_XOR, PyNumber_Xor},
    {BinaryOperator::NB_LSHIFT, BinaryOperator::NB_INPLACE_LSHIFT, PyNumber_Lshift},
    {BinaryOperator::NB_RSHIFT, BinaryOperator::NB_INPLACE_RSHIFT, PyNumber_Rshift},
    {BinaryOperator::NB_POWER, BinaryOperator::NB_INPLACE_POWER, power},
    {BinaryOperator::NB_MATRIX_MULTIPLY, BinaryOperator::NB_INPLACE_MATRIX_MULTIPLY, PyNumber_MatrixMultiply},
});

}  // namespace

PyObject* calculate(uint32_t binaryOperator, PyObject* left, PyObject* right) {
    const auto wanted = static_cast<BinaryOperator>(binaryOperator);
    for (const Row& row : kRows) {
        if (row.plain == wanted || row.inplace == wanted) {
            return row.function(left, right);
        }
    }
    PyErr_SetString(PyExc_SystemError, "unknown operator");
    return nullptr;
}

PyObject* calculate(Opcode unary, PyObject* input) {
    switch (unary) {
        case Opcode::UNARY_NEGATIVE:
            return PyNumber_Negative(input);
        case Opcode::UNARY_POSITIVE:
            return PyNumber_Positive(input);
        case Opcode::UNARY_INVERT:
            return PyNumber_Invert(input);
        default:
            return PyBool_FromLong(PyObject_IsTrue(input) == 0);
    }
}

Value rangeOf(const std::vector<Value>& arguments) {
    std::array<long long, 3> numbers{0, 0, 1};  // start, stop, step
    for (size_t k = 0; k < arguments.size(); ++k) {
        python::Ref<> number = arguments[k].isNumber() ? arguments[k].number() : python::Ref<>();
        if (arguments.size() > 3 || !number || !PyLong_Check(number.get())) {
            return {};
        }
        int overflow = 0;
        numbers[arguments.size() == 1 ? 1 : k] = PyLong_AsLongLongAndOverflow(number.get(), &overflow);
        if (overflow != 0) {
            return {};
        }
    }
    const auto [start, stop, step] = numbers;
    // Unsigned: the distance of two numbers of 64 bits may need all of them.
    const auto distance =
        static_cast<uint64_t>(step > 0 ? stop : start) - static_cast<uint64_t>(step > 0 ? start : stop);
    const uint64_t width = step > 0 ? static_cast<uint64_t>(step) : -static_cast<uint64_t>(step);
    const bool any = arguments.empty() || step == 0 ? false : step > 0 ? start < stop : start > stop;
    const uint64_t left = any ? (distance - 1) / width + 1 : 0;
    if (step == 0 || left > INT64_MAX) {
        return {};
    }
    return Value::range({start, step, static_cast<int64_t>(left)});
}

}  // namespace pyjion::replay
