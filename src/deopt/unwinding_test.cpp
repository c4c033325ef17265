// SPDX-License-Identifier: MIT
#include "deopt/unwinding.h"

#include <gtest/gtest.h>

#include "deopt/leave.h"
#include "python/test_activation.h"

namespace pyjion::deopt {
namespace {

using python::evaluate;
using python::Ref;
using python::reprOf;
using python::runPython;
using python::TestActivation;

/// down(n) leaves in its innermost activation; all that wait for it stand at their call.
class Unwinding : public testing::Test {
  protected:
    void SetUp() override {
        names_ = runPython(
            "import sys\n"
            "depths = []\n"
            "def down(n):\n"
            "    if n == 0:\n"
            "        frame, depth = sys._getframe(), 0\n"
            "        while frame and frame.f_code is down.__code__: frame, depth = frame.f_back, depth + 1\n"
            "        depths.append(depth)\n"
            "        return 100 // bottom\n"
            "    return 1 + down(n - 1)\n"
            "bottom = 4\n");
        function_ = evaluate(names_, "down");
        remaining_ = python::currentThread()->recursion_remaining;
        chunk_ = python::currentThread()->datastack_chunk;
    }

    void TearDown() override {
        EXPECT_EQ(python::currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(python::currentThread()->datastack_chunk, chunk_);
    }

    /// An activation at its start, and one that waits with 1 below the call on its value stack.
    ExitTable exits() {
        const auto call = static_cast<uint32_t>(python::indexOf(function_.get(), "CALL", 2));
        Exit start;
        start.mode = ResumeMode::Raised;
        start.inlined = {{0, 3, 0, 0}};
        start.stack = {{SlotKind::Function, {}}, {SlotKind::Int, {0}}, {SlotKind::Null, {}}, {SlotKind::Null, {}}};
        start.wordCount = 1;
        Exit waiting = start;
        waiting.standsAtCall = true;
        waiting.inlined = {{0, 3, call, call + 5}};  // CALL has four caches
        waiting.stack.push_back({SlotKind::Int, {1}});
        waiting.wordCount = 2;
        ExitTable table;
        table.exits = {start, waiting};
        table.bufferWords = 2;
        return table;
    }

    /// The result of down(depth), called from compiled code, when it is left at its very end.
    PyObject* leaveAt(int64_t depth) {
        ExitTable table = exits();
        auto arguments = Ref<>::steal(Py_BuildValue("(L)", static_cast<long long>(depth)));
        TestActivation activation(function_.get(), arguments.get());
        python::setRunning(activation.frame(), python::indexOf(function_.get(), "CALL", 2));
        EXPECT_TRUE(reserveUnwinding(static_cast<size_t>(depth), 5));
        for (int64_t n = 0; n < depth; n++) {
            const uint64_t words[] = {static_cast<uint64_t>(n), 1};
            EXPECT_EQ(unwind(activation.frame(), n == 0 ? 0 : 1, &table, words), nullptr);
        }
        EXPECT_EQ(table.exits[1].count, static_cast<uint64_t>(depth - 1));
        PyObject* result = finishUnwinding(activation.ts());
        python::finishFrame(activation.ts(), activation.frame());
        return activation.end(result);
    }

    Ref<> names_;
    Ref<> function_;
    int remaining_ = 0;
    _PyStackChunk* chunk_ = nullptr;
};

TEST_F(Unwinding, MakesTheFrameOfEachActivation) {
    auto result = Ref<>::steal(leaveAt(5));
    EXPECT_EQ(reprOf(result.get()), "29");
    EXPECT_EQ(reprOf(evaluate(names_, "depths").get()), "[6]");
}

TEST_F(Unwinding, OfMoreThanTheDataStackHasRoomFor) {
    auto result = Ref<>::steal(leaveAt(900));
    EXPECT_EQ(reprOf(result.get()), "924");
    EXPECT_EQ(reprOf(evaluate(names_, "depths").get()), "[901]");
}

TEST_F(Unwinding, LeadsExceptionsThroughAllOfThem) {
    evaluate(names_, "globals().update(bottom=0)");
    ASSERT_EQ(leaveAt(4), nullptr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    EXPECT_EQ(type, PyExc_ZeroDivisionError);
    auto lines = evaluate(names_, "lambda t: [t.tb_lineno] + lines(t.tb_next) if t else []");
    PyDict_SetItemString(names_.get(), "lines", lines.get());
    auto entries = Ref<>::steal(PyObject_CallOneArg(lines.get(), traceback));
    EXPECT_EQ(reprOf(entries.get()), "[9, 9, 9, 8]");
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

}  // namespace
}  // namespace pyjion::deopt
