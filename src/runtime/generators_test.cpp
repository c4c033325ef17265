// SPDX-License-Identifier: MIT
// What generators and coroutines are made of: results, errors, references.
#include "runtime/generators.h"

#include <gtest/gtest.h>

#include "runtime/generator_slots.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;
using python::evaluate;
using python::Ref;

class Generators : public ::testing::Test {
  protected:
    void SetUp() override {
        names_ = python::runPython(R"(
def echo():
    got = yield 'first'
    return got
async def coroutine(): pass
class Async:
    def __init__(self, following=None): self.following = following
    def __aiter__(self): return self
    def __anext__(self): return self.following
class BadIter:
    def __aiter__(self): return 5
)");
    }
    void TearDown() override {
        EXPECT_EQ(deopt::stashedResult, nullptr);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }
    PyObject* make(const char* expression) { return evaluate(names_, expression).release(); }

    Ref<> names_;
};

TEST_F(Generators, SendingGivesValuesAndThenAResult) {
    const HeldOperand generator(make("echo()"));
    const HeldOperand value(make("['sent']"));
    PyObject* slot = nullptr;
    EXPECT_EQ(send(generator.get(), Py_NewRef(Py_None), &slot), 1);
    EXPECT_EQ(outcome(slot), "str 'first'");
    EXPECT_EQ(send(generator.get(), value.give(), &slot), 0);
    EXPECT_EQ(outcome(slot), "list ['sent']");
    EXPECT_EQ(value.excess(), 0);
    EXPECT_EQ(generator.excess(), 0);
    auto fresh = evaluate(names_, "echo()");
    EXPECT_EQ(send(fresh.get(), value.give(), &slot), -1);
    EXPECT_EQ(outcome(nullptr), "TypeError: can't send non-None value to a just-started generator");
    EXPECT_EQ(value.excess(), 0);
    auto iterator = evaluate(names_, "iter([1])");
    EXPECT_EQ(send(iterator.get(), Py_NewRef(Py_None), &slot), 1);
    EXPECT_EQ(outcome(slot), "int 1");
    EXPECT_EQ(send(iterator.get(), Py_NewRef(Py_None), &slot), 0);
    EXPECT_EQ(outcome(slot), "NoneType None");
}

TEST_F(Generators, AwaitablesSayWhereTheyCameFrom) {
    const std::pair<int32_t, const char*> places[] = {
        {0, "TypeError: object int can't be used in 'await' expression"},
        {1, "TypeError: 'async with' received an object from __aenter__ that does not implement __await__: int"},
        {2, "TypeError: 'async with' received an object from __aexit__ that does not implement __await__: int"}};
    for (const auto& [place, error] : places) {
        EXPECT_EQ(outcome(getAwaitable(make("5"), place)), error);
    }
    const HeldOperand coroutine(make("coroutine()"));
    Ref<>::steal(getAwaitable(coroutine.give(), 0)).reset();
    EXPECT_EQ(coroutine.excess(), 0);
    Ref<>::steal(PyObject_CallMethod(coroutine.get(), "close", nullptr)).reset();
}

TEST_F(Generators, AsynchronousIterators) {
    const HeldOperand iterator(make("Async(coroutine())"));
    EXPECT_EQ(Ref<>::steal(getAsyncIter(iterator.give())).get(), iterator.get());
    auto next = Ref<>::steal(getAsyncNext(iterator.get()));
    EXPECT_TRUE(PyCoro_CheckExact(next.get()));
    Ref<>::steal(PyObject_CallMethod(next.get(), "close", nullptr)).reset();
    EXPECT_EQ(iterator.excess(), 0);
    EXPECT_EQ(outcome(getAsyncIter(make("5"))),
              "TypeError: 'async for' requires an object with __aiter__ method, got int");
    EXPECT_EQ(outcome(getAsyncIter(make("BadIter()"))),
              "TypeError: 'async for' received an object from __aiter__ that does not implement __anext__: int");
    auto five = evaluate(names_, "5");
    EXPECT_EQ(outcome(getAsyncNext(five.get())),
              "TypeError: 'async for' requires an iterator with __anext__ method, got int");
    auto bad = evaluate(names_, "Async(5)");
    EXPECT_EQ(outcome(getAsyncNext(bad.get())),
              "TypeError: 'async for' received an invalid object from __anext__: int");
}

}  // namespace
}  // namespace pyjion::runtime
