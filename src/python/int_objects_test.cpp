// SPDX-License-Identifier: MIT
#include "python/int_objects.h"

#include <gtest/gtest.h>

#include <vector>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

class IntObjects : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { ensureInterpreter(); }
};

TEST_F(IntObjects, HaveTheValueThatCPythonGivesThem) {
    constexpr int64_t kDigit = int64_t{1} << PyLong_SHIFT;
    for (const int64_t near :
         {int64_t{0}, kDigit, -kDigit, kDigit * kDigit, -kDigit * kDigit, INT64_MAX - 300, INT64_MIN + 300}) {
        for (int64_t value = near - 300; value <= near + 299; value++) {
            // Twice: the second one is made of what the first one left.
            for (int round = 0; round < 2; round++) {
                PyObject* made = makeInt(value);
                PyObject* expected = PyLong_FromLong(value);
                ASSERT_TRUE(PyLong_CheckExact(made));
                ASSERT_EQ(PyObject_RichCompareBool(made, expected, Py_EQ), 1) << value;
                ASSERT_EQ(Py_SIZE(made), Py_SIZE(expected)) << value;
                if (value >= -5 && value <= 256) {
                    EXPECT_EQ(made, expected);
                } else {
                    EXPECT_EQ(Py_REFCNT(made), 1);
                }
                releaseInt(made);
                Py_DECREF(expected);
            }
        }
    }
}

#ifndef Py_REF_DEBUG
TEST_F(IntObjects, TheDeadServeTheNextResults) {
    PyObject* first = makeInt(1'000'000);
    releaseInt(first);
    PyObject* second = makeInt(-7'000'000);
    EXPECT_EQ(second, first);
    EXPECT_EQ(PyLong_AsLong(second), -7'000'000);
    releaseInt(second);
}

TEST_F(IntObjects, OnlySoManyAreKept) {
    std::vector<PyObject*> ints;
    for (uint32_t i = 0; i < 3 * DeadInts::kMost; i++) {
        ints.push_back(PyLong_FromLong(1000 + i));
    }
    for (PyObject* object : ints) {
        EXPECT_FALSE(releaseObject(object));
    }
    EXPECT_EQ(deadInts.count, DeadInts::kMost);
}

TEST_F(IntObjects, LongOnesGoBackToTheAllocator) {
    while (deadInts.count > 0) {
        PyObject_Free(deadInts.objects[--deadInts.count]);
    }
    releaseInt(PyLong_FromString("123456789012345678901234567890", nullptr, 10));
    EXPECT_EQ(deadInts.count, 0u);
    releaseInt(PyLong_FromLong(INT32_MAX));
    EXPECT_EQ(deadInts.count, 1u);
}
#endif

TEST_F(IntObjects, OtherObjectsDieAsTheyDo) {
    PyObject* list = PyList_New(0);
    Py_INCREF(list);
    EXPECT_FALSE(releaseObject(list));
    EXPECT_TRUE(releaseObject(list));
    // A subclass may have a finalizer.
    PyObject* child = PyObject_CallFunction(
        PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyType_Type), "s(O){}", "Child", &PyLong_Type), "i", 5000);
    EXPECT_TRUE(releaseObject(child));
}

}  // namespace
}  // namespace pyjion::python
