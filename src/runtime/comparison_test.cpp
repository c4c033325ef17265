// SPDX-License-Identifier: MIT
// Each comparison against PyObject_RichCompare over all pairs of edge operands.
#include "runtime/comparison.h"

#include <gtest/gtest.h>

#include "python/test_activation.h"
#include "runtime/testing_activation.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

using Compare = PyObject* (*)(PyObject*, PyObject*, Site*);
using CompareTruth = int32_t (*)(PyObject*, PyObject*, Site*, int32_t);
const Compare kCompare[] = {compareLess,     compareLessEqual, compareEqual,
                            compareNotEqual, compareGreater,   compareGreaterEqual};
const CompareTruth kCompareTruth[] = {compareTruthLess,     compareTruthLessEqual, compareTruthEqual,
                                      compareTruthNotEqual, compareTruthGreater,   compareTruthGreaterEqual};

std::string truthOutcome(int truth) {
    return truth < 0 ? outcome(nullptr) : truth != 0 ? "true" : "false";
}

class ComparisonTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }
};

TEST_F(ComparisonTest, AgreesWithRichCompare) {
    for (int op = Py_LT; op <= Py_GE; op++) {
        for (const std::string& leftText : edgeOperands()) {
            for (const std::string& rightText : edgeOperands()) {
                SCOPED_TRACE(leftText + " operator " + std::to_string(op) + " " + rightText);
                HeldOperand left(operand(leftText));
                HeldOperand right(operand(rightText));
                left.recount();
                const std::string expected = outcome(PyObject_RichCompare(left.get(), right.get(), op));
                Site site;
                EXPECT_EQ(outcome(kCompare[op](left.give(), right.give(), &site)), expected);
                EXPECT_EQ(left.excess(), 0);
                EXPECT_EQ(right.excess(), 0);
                EXPECT_EQ(site.seenLeft, profileOf(left.get()));
                EXPECT_EQ(site.seenRight, profileOf(right.get()));
            }
        }
    }
}

TEST_F(ComparisonTest, FusedTruthAgrees) {
    RunningFunction function;
    for (int op = Py_LT; op <= Py_GE; op++) {
        for (const std::string& leftText : edgeOperands()) {
            for (const std::string& rightText : edgeOperands()) {
                SCOPED_TRACE(leftText + " operator " + std::to_string(op) + " " + rightText);
                HeldOperand left(operand(leftText));
                HeldOperand right(operand(rightText));
                left.recount();
                PyObject* result = PyObject_RichCompare(left.get(), right.get(), op);
                const std::string expected = truthOutcome(result == nullptr ? -1 : PyObject_IsTrue(result));
                Py_XDECREF(result);
                Site site;
                EXPECT_EQ(truthOutcome(kCompareTruth[op](left.give(), right.give(), &site, 0)), expected);
                EXPECT_EQ(left.excess(), 0);
                EXPECT_EQ(right.excess(), 0);
            }
        }
    }
}

TEST_F(ComparisonTest, AnUnorderedObjectIsNotEqualToItself) {
    PyObject* nan = operand("float('nan')");
    Py_INCREF(nan);
    Site site;
    EXPECT_EQ(compareTruthEqual(nan, nan, &site, 0), 0);
}

TEST_F(ComparisonTest, TracingSwitchedOnStashesTheResultObject) {
    Site site;
    EXPECT_EQ(compareLess(makeTracer("__lt__", "'less'"), operand("1"), &site), nullptr);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    PyObject* result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(result), "str 'less'");

    EXPECT_EQ(compareTruthLess(makeTracer("__lt__", "[]"), operand("1"), &site, 0), kComparisonFailed);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(result), "list []");
}

TEST_F(ComparisonTest, TracingSwitchedOnByTheTruthOfTheResultLeavesAtTheJump) {
    python::Ref<> names = python::runPython(R"(
import sys
class Result:
    def __bool__(self):
        sys.settrace(lambda *_: None)
        return True
class Operand:
    def __lt__(self, other):
        return Result()
operand = Operand()
)");
    PyObject* left = PyDict_GetItemString(names.get(), "operand");
    Py_INCREF(left);
    Site site;
    RunningFunction function;
    EXPECT_EQ(compareTruthLess(left, operand("1"), &site, 0), kTruthFailed);
    PyObject* decision = takeStashed();
    stopTracing();
    EXPECT_EQ(decision, Py_True);
    Py_XDECREF(decision);
}

TEST_F(ComparisonTest, TheTruthOfAnObjectIsTakenByTheJump) {
    python::Ref<> names = python::runPython(R"(
import sys
class Result:
    def __bool__(self):
        seen.append(sys._getframe(1).f_lasti)
        raise KeyError('truth')
class Operand:
    def __lt__(self, other):
        seen.append(sys._getframe(1).f_lasti)
        return Result()
seen = []
operand = Operand()
)");
    Site site;
    RunningFunction function;
    constexpr int32_t kJump = 1;
    PyObject* left = PyDict_GetItemString(names.get(), "operand");
    EXPECT_EQ(compareTruthLess(Py_NewRef(left), operand("1"), &site, kJump), kTruthFailed);
    EXPECT_EQ(outcome(nullptr), "KeyError: 'truth'");
    EXPECT_EQ(outcome(Py_NewRef(PyDict_GetItemString(names.get(), "seen"))), "list [0, 2]");
}

}  // namespace
}  // namespace pyjion::runtime
