// SPDX-License-Identifier: MIT
#include "python/thread.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"
#include "python/pending.h"

namespace pyjion::python {
namespace {

class Thread : public testing::Test {
  protected:
    void SetUp() override {
        ensureInterpreter();
        ts_ = currentThread();
    }

    std::string raisedText() {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        auto ownedType = Ref<>::steal(type);
        auto ownedValue = Ref<>::steal(value);
        auto ownedTraceback = Ref<>::steal(traceback);
        return reprOf(value);
    }

    PyThreadState* ts_ = nullptr;
};

TEST_F(Thread, CurrentThreadIsTheOneThatHoldsTheGil) {
    EXPECT_EQ(ts_, PyThreadState_Get());
}

TEST_F(Thread, RecursionEndsWithTheInterpretersError) {
    const int before = ts_->recursion_remaining;
    int taken = 0;
    while (enterRecursion(ts_)) {
        taken++;
        ASSERT_LE(taken, 100000);
    }
    EXPECT_EQ(ts_->recursion_remaining, before - taken);
    for (int i = 0; i < taken; i++) {
        leaveRecursion(ts_);
    }
    EXPECT_EQ(raisedText(), "RecursionError('maximum recursion depth exceeded')");
    EXPECT_EQ(ts_->recursion_remaining, before);
    EXPECT_EQ(taken, before);
}

TEST_F(Thread, PendingCallsRunAndTheirErrorsComeBack) {
    static int calls = 0;
    Py_AddPendingCall([](void*) { return ++calls, 0; }, nullptr);
    EXPECT_NE(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(handlePending(ts_), 0);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(*evalBreakerWord(ts_->interp), 0);

    Py_AddPendingCall([](void*) { return PyErr_SetString(PyExc_ValueError, "from a pending call"), -1; }, nullptr);
    EXPECT_EQ(handlePending(ts_), -1);
    EXPECT_EQ(raisedText(), "ValueError('from a pending call')");
    handlePending(ts_);
}

TEST_F(Thread, SignalsRaise) {
    auto names = runPython("import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n");
    PyErr_SetInterrupt();
    EXPECT_NE(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(handlePending(ts_), -1);
    EXPECT_EQ(raisedText(), "KeyboardInterrupt()");
}

TEST_F(Thread, AsynchronousExceptionsRaiseOnce) {
    PyThreadState_SetAsyncExc(ts_->thread_id, PyExc_LookupError);
    EXPECT_NE(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(handlePending(ts_), -1);
    EXPECT_EQ(raisedText(), "LookupError()");
    EXPECT_EQ(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(handlePending(ts_), 0);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
}

TEST_F(Thread, WhatAnotherThreadMustHandleIsPassedOver) {
    PyThreadState* other = PyThreadState_New(ts_->interp);
    other->thread_id = ts_->thread_id + 1;
    ASSERT_EQ(PyThreadState_SetAsyncExc(other->thread_id, PyExc_LookupError), 1);
    EXPECT_NE(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(handlePending(ts_), 0);
    EXPECT_EQ(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(other->async_exc, PyExc_LookupError);

    // The thread that it is for sees it when it takes the GIL.
    PyThreadState_Swap(other);
    PyEval_SaveThread();
    PyEval_RestoreThread(other);
    EXPECT_NE(*evalBreakerWord(ts_->interp), 0);
    EXPECT_EQ(handlePending(other), -1);
    EXPECT_EQ(raisedText(), "LookupError()");
    PyThreadState_Swap(ts_);
    PyThreadState_Clear(other);
    PyThreadState_Delete(other);
    EXPECT_EQ(*evalBreakerWord(ts_->interp), 0);
}

TEST_F(Thread, AnotherThreadRunsWhenItAsksForTheGil) {
    auto names = runPython(R"(
import threading
done = []
started = threading.Event()
def work():
    started.wait()
    done.append(1)
thread = threading.Thread(target=work)
thread.start()
started.set()
)");
    auto done = evaluate(names, "done");
    for (int64_t spins = 0; PyList_GET_SIZE(done.get()) == 0 && spins < 4'000'000'000; spins++) {
        if (*evalBreakerWord(ts_->interp) != 0) {
            ASSERT_EQ(handlePending(ts_), 0);
        }
    }
    EXPECT_EQ(PyList_GET_SIZE(done.get()), 1);
    perform(names, "thread.join()");
}

TEST_F(Thread, TracingIsSeen) {
    auto names = runPython("import sys\n");
    EXPECT_FALSE(isTraced(ts_));
    perform(names, "sys.setprofile(lambda *arguments: None)");
    EXPECT_TRUE(isTraced(ts_));
    perform(names, "sys.setprofile(None)");
    EXPECT_FALSE(isTraced(ts_));
}

}  // namespace
}  // namespace pyjion::python
