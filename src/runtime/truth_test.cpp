// SPDX-License-Identifier: MIT
// Truth, unary operators and membership against the C API.
#include "runtime/truth.h"

#include <gtest/gtest.h>

#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

class TruthTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }
};

PyObject* notOf(PyObject* object) {
    const int truth = PyObject_IsTrue(object);
    return truth < 0 ? nullptr : PyBool_FromLong(!truth);
}

TEST_F(TruthTest, TruthOfEveryOperand) {
    for (const std::string& text : edgeOperands()) {
        SCOPED_TRACE(text);
        const HeldOperand object(operand(text));
        const int expected = PyObject_IsTrue(object.get());
        const std::string expectedError = expected < 0 ? outcome(nullptr) : "";
        Site site;
        EXPECT_EQ(truth(object.give(), &site), expected);
        if (expected < 0) {
            EXPECT_EQ(outcome(nullptr), expectedError);
        }
        EXPECT_EQ(object.excess(), 0);
        EXPECT_EQ(site.seenLeft, profileOf(object.get()));
    }
}

TEST_F(TruthTest, UnaryOperators) {
    struct Unary {
        PyObject* (*helper)(PyObject*, Site*);
        unaryfunc expected;
    };
    const Unary operators[] = {{unaryNegative, PyNumber_Negative},
                               {unaryPositive, PyNumber_Positive},
                               {unaryInvert, PyNumber_Invert},
                               {unaryNot, notOf}};
    for (const Unary& op : operators) {
        for (const std::string& text : edgeOperands()) {
            SCOPED_TRACE(text);
            const HeldOperand object(operand(text));
            const std::string expected = outcome(op.expected(object.get()));
            Site site;
            EXPECT_EQ(outcome(op.helper(object.give(), &site)), expected);
            EXPECT_EQ(object.excess(), 0);
            EXPECT_EQ(site.seenLeft, profileOf(object.get()));
            EXPECT_EQ(outcome(op.helper(operand(text), &site)), expected);
        }
    }
}

TEST_F(TruthTest, Contains) {
    struct Case {
        const char* item;
        const char* container;
    };
    for (const Case& test : {Case{"1", "[1, 2]"}, Case{"3", "[1, 2]"}, Case{"'s'", "'sss'"}, Case{"1", "'s'"},
                             Case{"1", "Raises()"}, Case{"1", "7"}, Case{"[]", "{}"}}) {
        for (int32_t negated : {0, 1}) {
            SCOPED_TRACE(std::string(test.item) + " in " + test.container);
            HeldOperand item(operand(test.item));
            HeldOperand container(operand(test.container));
            item.recount();
            const int found = PySequence_Contains(container.get(), item.get());
            const std::string expected = outcome(found < 0 ? nullptr : PyBool_FromLong(found ^ negated));
            EXPECT_EQ(outcome(contains(item.give(), container.give(), negated)), expected);
            EXPECT_EQ(item.excess(), 0);
            EXPECT_EQ(container.excess(), 0);
        }
    }
}

TEST_F(TruthTest, TracingSwitchedOn) {
    Site site;
    EXPECT_EQ(unaryNegative(makeTracer("__neg__", "'negative'"), &site), nullptr);
    PyObject* result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(result), "str 'negative'");

    EXPECT_EQ(unaryNot(makeTracer("__bool__", "False"), &site), nullptr);
    result = takeStashed();
    stopTracing();
    EXPECT_EQ(result, Py_True);
    Py_XDECREF(result);

    EXPECT_EQ(contains(operand("1"), makeTracer("__contains__", "True"), 1), nullptr);
    result = takeStashed();
    stopTracing();
    EXPECT_EQ(result, Py_False);
    Py_XDECREF(result);

    // A conditional jump goes on where the bool that is stashed decides.
    for (bool value : {false, true}) {
        EXPECT_EQ(truth(makeTracer("__bool__", value ? "True" : "False"), &site), -1);
        result = takeStashed();
        stopTracing();
        EXPECT_EQ(result, value ? Py_True : Py_False);
        Py_XDECREF(result);
    }
    EXPECT_EQ(isNone(makeTracer("__del__", "None")), -1);
    result = takeStashed();
    stopTracing();
    EXPECT_EQ(result, Py_False);
    Py_XDECREF(result);
    EXPECT_EQ(isSame(makeTracer("__del__", "None"), operand("1"), 1), -1);
    result = takeStashed();
    stopTracing();
    EXPECT_EQ(result, Py_True);
    Py_XDECREF(result);
}

}  // namespace
}  // namespace pyjion::runtime
