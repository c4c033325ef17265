// SPDX-License-Identifier: MIT
// GET_ITER and FOR_ITER over all kinds of iterators.
#include "runtime/iteration.h"

#include <gtest/gtest.h>

#include "runtime/testing_activation.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

class IterationTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }

    /// The values of an iterable, taken through the helpers, then how it ended.
    std::string iterate(const std::string& expression, Site* site) {
        Site iterableSite;
        PyObject* iterator = getIter(operand(expression), &iterableSite);
        if (iterator == nullptr) {
            return outcome(nullptr);
        }
        std::string text;
        for (int i = 0; i < 20; i++) {
            PyObject* next = iterNext(iterator, site);
            if (next == nullptr) {
                text += failed() != 0 ? outcome(nullptr) : "end";
                break;
            }
            text += python::reprOf(next) + " ";
            Py_DECREF(next);
        }
        EXPECT_EQ(Py_REFCNT(iterator), 1);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
        Py_DECREF(iterator);
        return text;
    }
};

TEST_F(IterationTest, ValuesAndEnds) {
    Site site;
    EXPECT_EQ(iterate("range(3)", &site), "0 1 2 end");
    EXPECT_EQ(site.seenLeft, kIntBit);
    EXPECT_EQ(iterate("range(2**62, -2**62, -2**62)", &site), "4611686018427387904 0 end");
    EXPECT_EQ(iterate("range(2**70, 2**70 + 2)", &site), "1180591620717411303424 1180591620717411303425 end");
    EXPECT_EQ(iterate("range(0)", &site), "end");
    site = Site{};
    EXPECT_EQ(iterate("[1.5, 's']", &site), "1.5 's' end");
    EXPECT_EQ(site.seenLeft, kFloatBit | kStrBit);
    EXPECT_EQ(iterate("(x for x in (1, 2))", &site), "1 2 end");
    EXPECT_EQ(iterate("{'k': 1}", &site), "'k' end");
}

TEST_F(IterationTest, Failures) {
    Site site;
    EXPECT_EQ(iterate("7", &site), "TypeError: 'int' object is not iterable");
    EXPECT_EQ(iterate("Raises()", &site), "ValueError: no Raises");
    EXPECT_EQ(iterate("(1 // x for x in (1, 0))", &site), "1 ZeroDivisionError: integer division or modulo by zero");
    // StopIteration from Python code is the end, and so is one that carries a value.
    EXPECT_EQ(iterate("map(next, [iter('a'), iter('')])", &site), "'a' end");
    EXPECT_EQ(iterate("type('Ends', (), {'__iter__': lambda s: s, '__next__': lambda s: next(iter(()))})()", &site),
              "end");
}

TEST_F(IterationTest, GetIterConsumesAndRecords) {
    const HeldOperand list(operand("[1]"));
    Site site;
    PyObject* iterator = getIter(list.give(), &site);
    EXPECT_EQ(site.seenLeft, typeBit(list.get()));
    EXPECT_EQ(list.excess(), 1);
    Py_DECREF(iterator);
    EXPECT_EQ(list.excess(), 0);
}

TEST_F(IterationTest, ARangeIteratorMovedByHandWraps) {
    // __setstate__ clamps the index; an exhausted iterator stays so.
    Site site;
    PyObject* iterator = operand("iter(range(0, 10, 4))");
    Py_XDECREF(PyObject_CallMethod(iterator, "__setstate__", "i", 2));
    EXPECT_EQ(outcome(iterNext(iterator, &site)), "int 8");
    EXPECT_EQ(iterNext(iterator, &site), nullptr);
    EXPECT_EQ(iterNext(iterator, &site), nullptr);
    EXPECT_EQ(failed(), 0);
    Py_DECREF(iterator);
}

TEST_F(IterationTest, TracingSwitchedOn) {
    Site site;
    PyObject* tracer = makeTracer("__next__", "'next'");
    EXPECT_EQ(iterNext(tracer, &site), nullptr);
    EXPECT_EQ(failed(), 1);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    PyObject* result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(result), "str 'next'");
    EXPECT_EQ(failed(), 0);
    Py_DECREF(tracer);

    EXPECT_EQ(getIter(makeTracer("__iter__", "iter('ab')"), &site), nullptr);
    result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(PySequence_List(result)), "list ['a', 'b']");
    Py_DECREF(result);

    // At the end False is stashed: the iterator has given no value. The tracer is told in which frame it ended.
    RunningFunction function;
    tracer = makeTracer("__next__", "next(iter(()))");
    EXPECT_EQ(iterNext(tracer, &site), nullptr);
    EXPECT_EQ(failed(), -1);
    result = takeStashed();
    stopTracing();
    EXPECT_EQ(result, Py_False);
    Py_XDECREF(result);
    Py_DECREF(tracer);
}

}  // namespace
}  // namespace pyjion::runtime
