// SPDX-License-Identifier: MIT
#include "replay/executor.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "python/embedded_interpreter.h"
#include "python/test_activation.h"
#include "replay/arithmetic.h"

namespace pyjion::replay {
namespace {

using python::evaluate;
using python::indexOf;
using python::Ref;
using python::runPython;

/// A frame of a function with its arguments, at its start.
class ReplayOf {
  public:
    ReplayOf(const char* text, const char* arguments)
        : names_(runPython(text)),
          function_(evaluate(names_, "function")),
          arguments_(evaluate(names_, arguments)),
          activation_(function_.get(), arguments_.get()),
          executor(activation_.frame(), 0, 0) {}
    ~ReplayOf() {
        python::setDepth(frame(), 0);
        python::finishFrame(activation_.ts(), frame());
        activation_.end(nullptr);
    }

    python::Frame* frame() { return activation_.frame(); }
    int32_t at(const char* opcode, int n = 0) { return indexOf(function_.get(), opcode, n); }
    PyObject* evaluated(const char* text) { return evaluate(names_, text).release(); }
    void setLocal(uint32_t local, PyObject* object) {
        Py_XDECREF(std::exchange(python::local(frame(), local), object));
    }

  private:
    Ref<> names_;
    Ref<> function_;
    Ref<> arguments_;
    python::TestActivation activation_;

  public:
    Executor executor;
};

constexpr const char* kLoop =
    "def function(n):\n"
    "    total = 0\n"
    "    while total < n:\n"
    "        total += 2\n"
    "    return total\n";

TEST(Replay, CountsIterations) {
    ReplayOf replay(kLoop, "(5,)");
    replay.executor.advance(replay.at("RETURN_VALUE"), 2);
    EXPECT_EQ(replay.executor.state(), Executor::State::Exact);
    replay.setLocal(1, PyLong_FromLong(6));
    replay.executor.compareLocals(replay.frame(), "here");
    EXPECT_EQ(replay.executor.problem(), "");
    replay.executor.compareTop(Value::integer(6), "here");
    EXPECT_EQ(replay.executor.problem(), "");
}

TEST(Replay, SeesALocalOfTheIterationBefore) {
    ReplayOf replay(kLoop, "(50,)");
    replay.executor.advance(replay.at("BINARY_OP"), 3);
    replay.setLocal(1, PyLong_FromLong(4));
    replay.executor.compareLocals(replay.frame(), "here");
    EXPECT_EQ(replay.executor.state(), Executor::State::Wrong);
    EXPECT_EQ(replay.executor.problem(), "here the local total is int 4, the interpreter would have int 6");
}

TEST(Replay, SeesOtherControlFlow) {
    ReplayOf replay(kLoop, "(5,)");
    replay.executor.advance(replay.at("RETURN_VALUE"), 1);
    EXPECT_EQ(replay.executor.state(), Executor::State::Wrong);
    EXPECT_NE(replay.executor.problem().find("would not come to"), std::string::npos);
}

TEST(Replay, SeesTypesZerosAndMissingValues) {
    const char* text = "def function(a):\n    b = a * 0\n    return b\n";
    const char* wrong[] = {"0", "0.0", "False", "None", "'0'"};
    for (const char* value : wrong) {
        ReplayOf replay(text, "(-2.5,)");
        replay.executor.advance(replay.at("RETURN_VALUE"), 0);
        replay.setLocal(1, replay.evaluated(value));
        replay.executor.compareLocals(replay.frame(), "here");
        EXPECT_EQ(replay.executor.state(), Executor::State::Wrong) << value;
    }
    ReplayOf unbound(text, "(-2.5,)");
    unbound.executor.advance(unbound.at("RETURN_VALUE"), 0);
    unbound.executor.compareLocals(unbound.frame(), "here");
    EXPECT_EQ(unbound.executor.problem(), "here the local b is nothing, the interpreter would have float -0x0p+0");
    ReplayOf right(text, "(-2.5,)");
    right.executor.advance(right.at("RETURN_VALUE"), 0);
    right.setLocal(1, right.evaluated("-0.0"));
    right.executor.compareLocals(right.frame(), "here");
    EXPECT_EQ(right.executor.problem(), "");
}

TEST(Replay, RangesAreCounted) {
    ReplayOf replay("def function(n):\n    for i in range(n, 0, -3):\n        j = i\n    return j\n", "(8,)");
    replay.executor.advance(replay.at("LOAD_GLOBAL"), 0);
    replay.executor.give(reinterpret_cast<PyObject*>(&PyRange_Type));
    replay.executor.advance(replay.at("STORE_FAST", 1), 2);
    replay.setLocal(1, PyLong_FromLong(2));
    replay.setLocal(2, PyLong_FromLong(5));
    replay.executor.compareLocals(replay.frame(), "here");
    EXPECT_EQ(replay.executor.problem(), "");
    replay.executor.advance(replay.at("RETURN_VALUE"), 3);
    replay.executor.compareLocals(replay.frame(), "here");
    EXPECT_EQ(replay.executor.problem(), "here the local j is int 5, the interpreter would have int 2");
}

TEST(Replay, WhatCompiledCodeDidIsTaken) {
    ReplayOf replay("def function(f):\n    x = f(1)\n    return x if x else f\n", "(len,)");
    replay.executor.advance(replay.at("CALL"), 0);
    auto given = Ref<>::steal(replay.evaluated("[1]"));
    replay.executor.give(given.get());
    replay.executor.advance(replay.at("POP_JUMP_FORWARD_IF_FALSE"), 0);
    replay.setLocal(1, Py_NewRef(given.get()));
    replay.executor.compareLocals(replay.frame(), "here");
    EXPECT_EQ(replay.executor.problem(), "");
    // Whether a list is true nobody has said.
    replay.executor.advance(replay.at("RETURN_VALUE"), 0);
    EXPECT_EQ(replay.executor.state(), Executor::State::Lost);
}

TEST(Replay, ATruthThatWasGivenMustBeRight) {
    for (bool truth : {true, false}) {
        ReplayOf replay("def function(n):\n    if n - 1:\n        return 1\n    return 2\n", "(1,)");
        replay.executor.advance(replay.at("POP_JUMP_FORWARD_IF_FALSE"), 0);
        replay.executor.giveTruth(truth);
        replay.executor.advance(replay.at("RETURN_VALUE", 1), 0);
        EXPECT_EQ(replay.executor.state(), truth ? Executor::State::Wrong : Executor::State::Exact);
    }
}

TEST(Replay, ErrorsOfTheInterpreterAreSeen) {
    ReplayOf replay("def function(n):\n    return 1 // n\n", "(0,)");
    replay.executor.advance(replay.at("RETURN_VALUE"), 0);
    EXPECT_EQ(replay.executor.problem(),
              fmt::format("the interpreter would have raised an exception at {}", replay.at("BINARY_OP")));
    EXPECT_EQ(PyErr_Occurred(), nullptr);
}

TEST(Replay, LongArgumentsOfQuickenedCode) {
    std::string text = "def function(n):\n";
    for (int local = 0; local < 300; ++local) {
        text += fmt::format("    x{} = n + {}\n", local, local);
    }
    text += "    return x290\n";
    ReplayOf replay(text.c_str(), "(3,)");
    Py_DECREF(replay.evaluated("[function(4) for k in range(50)]"));
    replay.executor.advance(replay.at("RETURN_VALUE"), 0);
    EXPECT_EQ(replay.executor.state(), Executor::State::Exact);
    replay.executor.compareTop(Value::integer(293), "here");
    EXPECT_EQ(replay.executor.problem(), "");
}

TEST(Replay, RangesAsTheInterpreterMakesThem) {
    python::ensureInterpreter();
    const std::array<long long, 8> numbers{INT64_MIN, -7, -1, 0, 1, 7, 8, INT64_MAX};
    for (long long start : numbers) {
        for (long long stop : numbers) {
            for (long long step : numbers) {
                std::vector<Value> arguments;
                for (long long number : {start, stop, step}) {
                    arguments.push_back(Value::integer(number));
                }
                auto range = Ref<>::steal(
                    PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyRange_Type), "LLL", start, stop, step));
                const Py_ssize_t length = range ? PyObject_Size(range.get()) : -1;
                PyErr_Clear();
                Value value = rangeOf(arguments);
                EXPECT_EQ(value.isUnknown(), length < 0) << start << " " << stop << " " << step;
                EXPECT_TRUE(value.isUnknown() || value.state().left == length) << start << " " << stop << " " << step;
            }
        }
    }
}

}  // namespace
}  // namespace pyjion::replay
