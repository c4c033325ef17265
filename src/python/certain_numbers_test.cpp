// SPDX-License-Identifier: MIT
#include "python/certain_numbers.h"

#include <gtest/gtest.h>

#include <vector>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

bool refused = false;
PyMemAllocatorEx original;
int timesUsed = 0;

/// CPython's allocator of objects, which has no memory while `refused` is set.
class CertainNumbersTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ensureInterpreter();
        PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &original);
        PyMemAllocatorEx ours = original;
        ours.malloc = [](void* context, size_t size) { return refused ? nullptr : original.malloc(context, size); };
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &ours);
        timesUsed = 0;
        setReserveHook([] { timesUsed++; });
        ASSERT_TRUE(fillNumberReserve());
    }
    void TearDown() override {
        refused = false;
        setReserveHook(nullptr);
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &original);
    }
};

TEST_F(CertainNumbersTest, AreMadeWithoutMemory) {
    const std::vector<int64_t> ints = {1000, -1000, 1 << 30, -(1 << 30), int64_t{1} << 60, INT64_MAX, INT64_MIN, 0, -5};
    std::vector<Ref<>> made;
    refused = true;
    // CPython keeps dead floats, and pyjion dead ints: more than these hold.
    for (int round = 0; round < 20; round++) {
        for (const int64_t value : ints) {
            made.push_back(Ref<>::steal(certainInt(value)));
        }
    }
    for (int i = 0; i < 200; i++) {
        made.push_back(Ref<>::steal(certainDouble(i + 0.5)));
    }
    made.push_back(Ref<>::steal(certainRangeIterator({5, 2, 3})));
    refused = false;
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    EXPECT_GT(timesUsed, 100);
    for (size_t i = 0; i < 20 * ints.size(); i++) {
        const auto expected = Ref<>::steal(PyLong_FromLongLong(ints[i % ints.size()]));
        ASSERT_TRUE(PyLong_CheckExact(made[i].get()));
        EXPECT_EQ(Py_SIZE(made[i].get()), Py_SIZE(expected.get()));
        EXPECT_EQ(PyObject_RichCompareBool(made[i].get(), expected.get(), Py_EQ), 1);
    }
    EXPECT_EQ(reprOf(made[made.size() - 2].get()), "199.5");
    EXPECT_EQ(readRangeIterator(made.back().get()), (RangeState{5, 2, 3}));
    EXPECT_TRUE(fillNumberReserve());
}

TEST_F(CertainNumbersTest, KeepTheExceptionThatIsSet) {
    std::vector<Ref<>> made;
    PyErr_SetString(PyExc_KeyError, "kept");
    refused = true;
    for (int i = 0; i < 110; i++) {
        made.push_back(Ref<>::steal(certainDouble(i)));
    }
    refused = false;
    EXPECT_GT(timesUsed, 0);
    EXPECT_TRUE(PyErr_ExceptionMatches(PyExc_KeyError));
    PyErr_Clear();
}

TEST_F(CertainNumbersTest, FillingSaysWhenThereIsNoMemory) {
    refused = true;
    std::vector<Ref<>> made;
    for (int i = 0; timesUsed == 0 && i < 1000; i++) {
        made.push_back(Ref<>::steal(certainInt(int64_t{1} << 40)));
    }
    EXPECT_FALSE(fillNumberReserve());
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    refused = false;
    EXPECT_TRUE(fillNumberReserve());
}

}  // namespace
}  // namespace pyjion::python
