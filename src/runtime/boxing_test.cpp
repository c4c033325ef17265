// SPDX-License-Identifier: MIT
// Boxing, unboxing, floor division of doubles and ranges against Python's own answers.
#include "runtime/boxing.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

class BoxingTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }
};

/// x * x is another number than pow(x, 2.0) for about one of a thousand of these.
TEST_F(BoxingTest, SquaresAreThoseOfPow) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> near(-100, 100);
    uint64_t others = 0;
    const volatile double two = 2.0;  // the compiler makes a product of a constant power
    for (int i = 0; i < 1'000'000; ++i) {
        const auto any = std::bit_cast<double>(random());
        const double number = i % 4 != 0 ? near(random) : any;
        const double power = std::pow(number, two);
        others += power != number * number;
        if (std::isnormal(power) && number != 0) {
            ASSERT_EQ(floatPower(number, 2), power) << number;
        }
    }
    EXPECT_GT(others, 100U);
}

TEST_F(BoxingTest, IntsGoThroughBoxes) {
    const int64_t limit = int64_t(1) << 62;
    for (int64_t value : {int64_t(0), int64_t(1), int64_t(-1), int64_t(1) << 30, -(int64_t(1) << 30), int64_t(1) << 60,
                          -(int64_t(1) << 60), limit - 1, -limit}) {
        PyObject* object = boxInt(value);
        EXPECT_EQ(PyLong_AsLong(object), value);
        EXPECT_EQ(unboxIntSlow(object), value);
        Py_DECREF(object);
    }
    for (const char* text : {"2**62", "-2**62-1", "2**63", "2**100", "-2**100", "True", "1.0", "'s'", "IntChild(5)"}) {
        PyObject* object = operand(text);
        EXPECT_EQ(unboxIntSlow(object), INT64_MIN) << text;
        Py_DECREF(object);
    }
    PyObject* smallInt = boxInt(7);
    PyObject* seven = operand("7");
    EXPECT_EQ(smallInt, seven);
    Py_DECREF(smallInt);
    Py_DECREF(seven);
    EXPECT_EQ(outcome(boxDouble(-0.0)), "float -0.0");
}

TEST_F(BoxingTest, DoubleDivisionHasPythonsBits) {
    const double infinity = std::numeric_limits<double>::infinity();
    const double values[] = {0.0,  -0.0,  1.0,    -1.0,   2.5,      -2.5,      0.1,          -0.1,     3.0,
                             7.75, 1e308, -1e308, 5e-324, infinity, -infinity, std::nan(""), 1e16 + 2, 0.3};
    for (double left : values) {
        for (double right : values) {
            if (right == 0.0) {
                continue;
            }
            PyObject* leftObject = PyFloat_FromDouble(left);
            PyObject* rightObject = PyFloat_FromDouble(right);
            PyObject* quotient = PyNumber_FloorDivide(leftObject, rightObject);
            PyObject* remainder = PyNumber_Remainder(leftObject, rightObject);
            auto same = [](double actual, PyObject* expected) {
                const double value = PyFloat_AS_DOUBLE(expected);
                return (std::isnan(actual) && std::isnan(value)) ||
                       std::bit_cast<uint64_t>(actual) == std::bit_cast<uint64_t>(value);
            };
            EXPECT_TRUE(same(floatFloorDivide(left, right), quotient)) << left << " // " << right;
            EXPECT_TRUE(same(floatModulo(left, right), remainder)) << left << " % " << right;
            for (PyObject* object : {leftObject, rightObject, quotient, remainder}) {
                Py_DECREF(object);
            }
        }
    }
}

TEST_F(BoxingTest, RangeCountIsTheLengthOfTheRange) {
    const int64_t limit = int64_t(1) << 62;
    const int64_t values[] = {0, 1, -1, 2, 3, -3, 10, -10, 1000, limit - 1, -limit, limit / 2};
    for (int64_t start : values) {
        for (int64_t stop : values) {
            for (int64_t step : values) {
                if (step == 0) {
                    EXPECT_EQ(rangeCount(start, stop, step), -1);
                    continue;
                }
                PyObject* range = PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyRange_Type), "LLL",
                                                        static_cast<long long>(start), static_cast<long long>(stop),
                                                        static_cast<long long>(step));
                const Py_ssize_t expected = PyObject_Size(range);
                Py_DECREF(range);
                ASSERT_FALSE(PyErr_Occurred());
                EXPECT_EQ(rangeCount(start, stop, step), expected) << start << " " << stop << " " << step;
            }
        }
    }
    EXPECT_EQ(rangeCount(INT64_MIN, INT64_MAX, 1), -1);
    EXPECT_EQ(rangeCount(0, INT64_MAX, INT64_MAX - 1), -1);  // the value behind the last one does not fit
    EXPECT_EQ(rangeCount(0, INT64_MAX, INT64_MIN), 0);
}

TEST_F(BoxingTest, RangeIterators) {
    PyObject* iterator = makeRangeIter(10, -3, 3);
    ASSERT_NE(iterator, nullptr);
    EXPECT_EQ(Py_TYPE(iterator), &PyRangeIter_Type);
    EXPECT_EQ(outcome(PySequence_List(iterator)), "list [10, 7, 4]");
    Py_DECREF(iterator);
}

}  // namespace
}  // namespace pyjion::runtime
