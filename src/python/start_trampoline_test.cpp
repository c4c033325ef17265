// SPDX-License-Identifier: MIT
// Functions are called by the interpreter, and a body in C++ at their trampolines plays the part of compiled code.
#include "python/start_trampoline.h"

#include <gtest/gtest.h>
#include <opcode.h>

#include <climits>
#include <functional>

#include "python/embedded_interpreter.h"
#include "python/leave.h"
#include "python/takeover.h"
#include "python/test_activation.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

using Body = std::function<PyObject*(PyThreadState*, Frame*)>;

struct Plan {
    Body body;
    int entries = 0;
};

PyObject* runBody(PyThreadState* ts, Frame* frame, void* context) {
    auto& plan = *static_cast<Plan*>(context);
    plan.entries++;
    EXPECT_TRUE(isTakenOver(frame));
    EXPECT_EQ(depth(frame), 0);
    return plan.body(ts, frame);
}

class StartTrampolines : public testing::Test {
  protected:
    void SetUp() override {
        ensureInterpreter();
#ifdef Py_REF_DEBUG
        GTEST_SKIP() << "CPython's debugging build compares the argument of LOAD_CONST";
#endif
#ifdef __SANITIZE_ADDRESS__
        GTEST_SKIP() << "AddressSanitizer's allocator reserves all address space in reach of code objects (CodeUnits)";
#endif
        remaining_ = currentThread()->recursion_remaining;
        current_ = currentFrame(currentThread());
    }

    void TearDown() override {
        if (IsSkipped()) {
            return;
        }
        EXPECT_EQ(currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(currentFrame(currentThread()), current_);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    std::unique_ptr<StartTrampoline> lead(const Ref<>& names, Body body, int32_t firstTarget = INT_MAX) {
        plan_.body = std::move(body);
        auto callable = evaluate(names, "function");
        auto code = Ref<>::create(PyFunction_GetCode(callable.get()));
        auto made = StartTrampoline::make(reinterpret_cast<PyCodeObject*>(code.get()), firstTarget, runBody, &plan_);
        if (made != nullptr) {
            made->put();
            EXPECT_TRUE(made->isInPlace());
        }
        return made;
    }

    static std::string shown(const Ref<>& names, const char* expression) {
        return reprOf(evaluate(names, expression).get());
    }

    Plan plan_;
    int remaining_ = 0;
    Frame* current_ = nullptr;
};

constexpr const char* kFunction = R"(
def function(a, b=2):
    return [a, b]
def call(n):
    return [function(i) for i in range(n)]
before = function.__code__.co_code
)";

TEST_F(StartTrampolines, CallsComeToTheBody) {
    auto names = runPython(kFunction);
    auto trampoline = lead(names, [](PyThreadState*, Frame* frame) { return Py_NewRef(local(frame, 0)); });
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(shown(names, "call(50) == list(range(50))"), "True");
    EXPECT_EQ(plan_.entries, 50);
    EXPECT_EQ(shown(names, "list(map(function, 'xy'))"), "['x', 'y']");
    EXPECT_EQ(shown(names, "function.__code__.co_code == before"), "True");
    trampoline->remove();
    EXPECT_EQ(shown(names, "call(1)"), "[[0, 2]]");
    EXPECT_EQ(plan_.entries, 52);
}

TEST_F(StartTrampolines, TheInterpreterRunsWhatIsNotForTheBody) {
    auto names = runPython(kFunction);
    auto trampoline = lead(names, [](PyThreadState*, Frame*) { return kNotHere; });
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(shown(names, "call(3)"), "[[0, 2], [1, 2], [2, 2]]");
    EXPECT_EQ(plan_.entries, 1);
    EXPECT_FALSE(trampoline->isInPlace());
    putWaiting();
    EXPECT_TRUE(trampoline->isInPlace());
    EXPECT_EQ(shown(names, "function(7)"), "[7, 2]");
    EXPECT_EQ(plan_.entries, 2);
}

TEST_F(StartTrampolines, AFrameGoesOnInside) {
    auto names = runPython(kFunction);
    auto trampoline = lead(names, [](PyThreadState* ts, Frame* frame) {
        stackBase(frame)[0] = PyLong_FromLong(40);  // in place of `a`
        setDepth(frame, 1);
        setResumeAt(frame, 2);
        return resumeInInterpreter(ts, frame);
    });
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(shown(names, "function(1)"), "[40, 2]");
    EXPECT_FALSE(trampoline->isInPlace());
}

TEST_F(StartTrampolines, AnExceptionLeavesTheFrame) {
    auto names = runPython(std::string(kFunction) + R"(
import traceback
def lines():
    try:
        function(1)
    except KeyError as error:
        return [(entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)]
)");
    auto trampoline = lead(names, [](PyThreadState* ts, Frame* frame) -> PyObject* {
        setRunning(frame, 1);
        PyErr_SetString(PyExc_KeyError, "of the body");
        EXPECT_FALSE(unwindFrame(ts, frame));
        return nullptr;
    });
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(shown(names, "lines()"), "[('lines', 11), ('function', 3)]");
}

TEST_F(StartTrampolines, CellsAreMadeOnce) {
    auto names = runPython(R"(
def function(a, b):
    def inner(): return a + b
    return inner()
)");
    auto trampoline = lead(names, [](PyThreadState*, Frame* frame) {
        EXPECT_TRUE(PyLong_Check(local(frame, 0)));
        return kNotHere;
    });
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(shown(names, "function(3, 4)"), "7");
    EXPECT_EQ(plan_.entries, 1);
}

TEST_F(StartTrampolines, NobodyTracesAJump) {
    auto names = runPython(std::string(kFunction) + R"(
import sys
def events(switch):
    seen = []
    def note(frame, what, argument):
        seen.append((what, frame.f_lineno))
        return note
    switch(note)
    function(1)
    switch(None)
    return seen
plain = [events(sys.settrace), events(sys.setprofile)]
)");
    auto trampoline = lead(names, [](PyThreadState*, Frame*) { return Py_NewRef(Py_None); });
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(shown(names, "[events(sys.settrace), events(sys.setprofile)] == plain"), "True");
    EXPECT_EQ(plan_.entries, 0);
    putWaiting();
    EXPECT_EQ(shown(names, "function(1)"), "None");
}

TEST_F(StartTrampolines, WhatEndsElsewhereIsToldOnce) {
    auto names = runPython(R"(
import sys
seen = []
def note(frame, what, argument):
    seen.append((frame.f_code.co_name, what, frame.f_lineno))
    return note
def function(raises):
    sys.settrace(note)
    sys._getframe().f_trace = note
    if raises:
        raise KeyError
    return 7
def caller(raises):
    sys._getframe().f_trace = note
    try:
        got = function(raises)
    except KeyError:
        got = 0
    sys.settrace(None)
    return got
def run(raises):
    seen.clear()
    return caller(raises), seen[:]
plain = [run(False), run(True)]
)");
    auto trampoline = lead(names, [](PyThreadState*, Frame*) { return kNotHere; });
    ASSERT_TRUE(trampoline);
    plan_.body = [&](PyThreadState* ts, Frame* frame) {
        const SetAside aside = setAside(ts, frame);
        EXPECT_FALSE(isTakenOver(frame));
        trampoline->suspend();
        return takeBack(ts, frame, aside, _PyEval_EvalFrameDefault(ts, frame, 0));
    };
    for (const char* raises : {"False", "True"}) {
        putWaiting();
        ASSERT_TRUE(trampoline->isInPlace());
        const std::string same = std::string("run(") + raises + ") == plain[" + raises + "]";
        EXPECT_EQ(shown(names, same.c_str()), "True") << shown(names, "seen") << shown(names, "plain");
    }
    EXPECT_EQ(plan_.entries, 2);
}

TEST_F(StartTrampolines, ReadersSeeTheCodeAsItWas) {
    auto names = runPython(kFunction);
    auto callable = evaluate(names, "function");
    auto code = Ref<>::create(PyFunction_GetCode(callable.get()));
    auto* object = reinterpret_cast<PyCodeObject*>(code.get());
    const std::vector<uint16_t> before = originalUnits(object);
    auto trampoline = lead(names, [](PyThreadState*, Frame*) { return Py_NewRef(Py_None); });
    ASSERT_TRUE(trampoline);
    EXPECT_NE(firstInstruction(object)[1], before[1]);
    EXPECT_EQ(originalUnits(object), before);
    EXPECT_EQ(originalUnit(object, 1), before[1]);
    trampoline.reset();
    EXPECT_EQ(std::vector<uint16_t>(firstInstruction(object), firstInstruction(object) + before.size()), before);
}

TEST_F(StartTrampolines, NoneWhereTheCodeJumpsToItsStart) {
    auto names = runPython(kFunction);
    EXPECT_FALSE(lead(
        names, [](PyThreadState*, Frame*) { return Py_NewRef(Py_None); }, 1));
    EXPECT_EQ(shown(names, "function(1)"), "[1, 2]");
}

/// Code units in front of which the jump ends.
int32_t endOfJump(PyCodeObject* code) {
    int32_t index = 0;
    while (_Py_OPCODE(firstInstruction(code)[index]) != JUMP_FORWARD) {
        index++;
    }
    return index + 1;
}

TEST_F(StartTrampolines, ALoopThatBeginsEarlyHasTheJumpInThePlaceOfResume) {
    auto names = runPython(kFunction);
    auto callable = evaluate(names, "function");
    auto code = Ref<>::create(PyFunction_GetCode(callable.get()));
    auto* object = reinterpret_cast<PyCodeObject*>(code.get());
    auto body = [](PyThreadState*, Frame* frame) { return Py_NewRef(local(frame, 0)); };
    const uint16_t resume = firstInstruction(object)[0];
    int32_t end = 0;
    {
        auto trampoline = lead(names, body);
        ASSERT_TRUE(trampoline);
        EXPECT_EQ(firstInstruction(object)[0], resume);
        end = endOfJump(object);
    }
    auto trampoline = lead(names, body, end - 1);
    ASSERT_TRUE(trampoline);
    EXPECT_EQ(endOfJump(object), end - 1);
    EXPECT_EQ(shown(names, "call(20) == list(range(20)), function.__code__.co_code == before"), "(True, True)");
    EXPECT_EQ(plan_.entries, 20);
    plan_.body = [](PyThreadState*, Frame*) { return kNotHere; };
    EXPECT_EQ(shown(names, "call(2)"), "[[0, 2], [1, 2]]");
    trampoline.reset();  // so that the next one has the same code units, as far away
    EXPECT_FALSE(lead(names, body, end - 2));
}

}  // namespace
}  // namespace pyjion::python
