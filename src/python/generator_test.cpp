// SPDX-License-Identifier: MIT
#include "python/generator.h"

#include <gtest/gtest.h>

#include "python/test_activation.h"

namespace pyjion::python {
namespace {

class Generator : public testing::Test {
  protected:
    void SetUp() override {
        names_ = runPython(R"(
import sys
def count(n):
    for i in range(n):
        yield i
async def add(a, b):
    return a + b
async def both(n):
    yield n
async def waits(awaited):
    await awaited
class Awaitable:
    def __init__(self, result):
        self.result = result
    def __await__(self):
        return self.result
)");
        remaining_ = currentThread()->recursion_remaining;
        stack_ = currentThread()->datastack_top;
    }
    void TearDown() override {
        EXPECT_EQ(currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(currentThread()->datastack_top, stack_);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    /// What a compiled call of a generator function does.
    Ref<> made(const char* name, PyObject* arguments) {
        auto function = evaluate(names_, name);
        const int32_t index = indexOf(function.get(), "RETURN_GENERATOR");
        TestActivation activation(function.get(), arguments);
        setRunning(activation.frame(), index);
        PyObject* result = makeGenerator(activation.ts(), activation.frame());
        finishFrame(activation.ts(), activation.frame());
        return Ref<>::steal(activation.end(result));
    }

    std::string with(const Ref<>& object, const char* expression) {
        PyDict_SetItemString(names_.get(), "it", object.get());
        const std::string text = reprOf(evaluate(names_, expression).get());
        PyDict_DelItemString(names_.get(), "it");
        return text;
    }

    std::string error(PyObject* result) {
        EXPECT_EQ(result, nullptr);
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        const std::string text = reprOf(value);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return text;
    }

    Ref<> names_;
    int remaining_ = 0;
    PyObject** stack_ = nullptr;
};

TEST_F(Generator, MadeOfAFrameItRuns) {
    auto arguments = Ref<>::steal(Py_BuildValue("(i)", 3));
    auto generator = made("count", arguments.get());
    EXPECT_TRUE(PyGen_CheckExact(generator.get()));
    EXPECT_EQ(with(generator, "(it.__qualname__, it.gi_frame.f_locals, it.gi_running, list(it), it.gi_frame)"),
              "('count', {'n': 3}, False, [0, 1, 2], None)");
}

TEST_F(Generator, OfEachKind) {
    auto two = Ref<>::steal(Py_BuildValue("(ii)", 3, 4));
    auto coroutine = made("add", two.get());
    EXPECT_TRUE(PyCoro_CheckExact(coroutine.get()));
    EXPECT_EQ(with(coroutine, "it.cr_origin"), "None");
    with(coroutine, "it.close()");
    auto one = Ref<>::steal(Py_BuildValue("(i)", 3));
    EXPECT_TRUE(PyAsyncGen_CheckExact(made("both", one.get()).get()));
}

TEST_F(Generator, CoroutinesSayWhereTheyWereMade) {
    perform(names_, "sys.set_coroutine_origin_tracking_depth(2)");
    auto two = Ref<>::steal(Py_BuildValue("(ii)", 3, 4));
    auto coroutine = made("add", two.get());
    perform(names_, "sys.set_coroutine_origin_tracking_depth(0)");
    EXPECT_EQ(with(coroutine, "it.cr_origin"), "()");  // no Python frame is below it
    with(coroutine, "it.close()");
}

TEST_F(Generator, ReferencesMoveIntoIt) {
    auto argument = evaluate(names_, "['argument']");
    auto arguments = Ref<>::steal(PyTuple_Pack(1, argument.get()));
    auto code = Ref<>::create(PyFunction_GetCode(evaluate(names_, "count").get()));
    const Py_ssize_t codeReferences = Py_REFCNT(code.get());
    auto generator = made("count", arguments.get());
    arguments.reset();
    EXPECT_EQ(Py_REFCNT(argument.get()), 2);
    EXPECT_EQ(Py_REFCNT(code.get()), codeReferences + 2);  // of the generator and of its frame
    generator.reset();
    EXPECT_EQ(Py_REFCNT(argument.get()), 1);
    EXPECT_EQ(Py_REFCNT(code.get()), codeReferences);
}

TEST_F(Generator, AwaitingIsSeenFromOutside) {
    auto waiting = evaluate(names_, "waits(Awaitable(iter([1, 2])))");
    EXPECT_FALSE(isAwaiting(waiting.get()));
    with(waiting, "it.send(None)");
    EXPECT_TRUE(isAwaiting(waiting.get()));
    with(waiting, "it.close()");
    EXPECT_FALSE(isAwaiting(waiting.get()));
}

TEST_F(Generator, AwaitableIterators) {
    auto coroutine = evaluate(names_, "add(1, 2)");
    EXPECT_EQ(Ref<>::steal(awaitableIterator(coroutine.get())).get(), coroutine.get());
    auto iterator = evaluate(names_, "iter([1])");
    PyDict_SetItemString(names_.get(), "iterator", iterator.get());
    EXPECT_EQ(Ref<>::steal(awaitableIterator(evaluate(names_, "Awaitable(iterator)").get())).get(), iterator.get());
    EXPECT_EQ(error(awaitableIterator(iterator.get())),
              "TypeError(\"object list_iterator can't be used in 'await' expression\")");
    EXPECT_EQ(error(awaitableIterator(evaluate(names_, "Awaitable(5)").get())),
              "TypeError(\"__await__() returned non-iterator of type 'int'\")");
    PyDict_SetItemString(names_.get(), "coroutine", coroutine.get());
    EXPECT_EQ(error(awaitableIterator(evaluate(names_, "Awaitable(coroutine)").get())),
              "TypeError('__await__() returned a coroutine')");
    with(coroutine, "it.close()");
}

TEST_F(Generator, WrappedValuesAreCPythons) {
    auto value = evaluate(names_, "['value']");
    auto wrapped = Ref<>::steal(wrapAsyncValue(value.get()));
    EXPECT_EQ(Py_TYPE(wrapped.get()), &_PyAsyncGenWrappedValue_Type);
    EXPECT_TRUE(PyObject_GC_IsTracked(wrapped.get()));
    EXPECT_EQ(Py_REFCNT(value.get()), 2);
    wrapped.reset();
    EXPECT_EQ(Py_REFCNT(value.get()), 1);
}

}  // namespace
}  // namespace pyjion::python
