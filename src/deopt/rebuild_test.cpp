// SPDX-License-Identifier: MIT
#include "deopt/rebuild.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "python/test_activation.h"

namespace pyjion::deopt {
namespace {

using python::evaluate;
using python::Ref;
using python::reprOf;
using python::runPython;
using python::TestActivation;

class Rebuild : public testing::Test {
  protected:
    void SetUp() override {
        names_ = runPython(
            "log = []\n"
            "class Noisy:\n"
            "    def __init__(self, name): self.name = name\n"
            "    def __del__(self): log.append(self.name)\n"
            "def function(a, b, c):\n"
            "    d = [a, b, c, {1: [2]}, (a, (b, c))]\n"
            "    return d\n");
        function_ = evaluate(names_, "function");
    }

    static uint64_t word(PyObject* object) { return std::bit_cast<uint64_t>(object); }
    static uint64_t word(int64_t value) { return std::bit_cast<uint64_t>(value); }
    static uint64_t word(double value) { return std::bit_cast<uint64_t>(value); }

    Ref<> names_;
    Ref<> function_;
};

TEST_F(Rebuild, EveryKindBecomesItsObject) {
    auto owned = evaluate(names_, "['owned']");
    auto borrowed = evaluate(names_, "['borrowed']");
    const uint64_t words[] = {word(owned.get()),  word(borrowed.get()), word(std::numeric_limits<int64_t>::min()),
                              word(-0.0),
                              0xffffffff00000000,  // only the lower half of a bool's word counts
                              0xffffffff00000001, word(int64_t{10}),    word(int64_t{-3}),
                              word(int64_t{-2})};
    Exit exit;
    // Of two conditional locals, one is in the frame already.
    exit.wordCount = 9;
    exit.locals = {{0, {SlotKind::Int, {2}, 5}},
                   {1, {SlotKind::Int, {2}, 4, SlotRecipe::kNone, 1}},
                   {2, {SlotKind::Double, {3}}},
                   {3, {SlotKind::Bool, {4}}}};
    exit.stack = {{SlotKind::Owned, {0}},
                  {SlotKind::Borrowed, {1}},
                  {SlotKind::Null, {}},
                  {SlotKind::Bool, {5}},
                  {SlotKind::RangeIter, {6, 7, 8}}};
    auto arguments = Ref<>::steal(Py_BuildValue("(sss)", "a", "b", "c"));
    TestActivation activation(function_.get(), arguments.get());
    Py_INCREF(owned.get());  // the reference that the frame takes over
    rebuildFrame(activation.ts(), activation.frame(), exit, words);

    EXPECT_EQ(reprOf(python::local(activation.frame(), 0)), "-9223372036854775808");
    EXPECT_EQ(reprOf(python::local(activation.frame(), 1)), "'b'");
    EXPECT_EQ(reprOf(python::local(activation.frame(), 2)), "-0.0");
    EXPECT_EQ(python::local(activation.frame(), 3), Py_False);
    EXPECT_EQ(python::depth(activation.frame()), 5);
    PyObject** stack = python::stackBase(activation.frame());
    EXPECT_EQ(stack[0], owned.get());
    EXPECT_EQ(Py_REFCNT(owned.get()), 2);
    EXPECT_EQ(stack[1], borrowed.get());
    EXPECT_EQ(Py_REFCNT(borrowed.get()), 2);
    EXPECT_EQ(stack[2], nullptr);
    EXPECT_EQ(stack[3], Py_True);
    auto rest = Ref<>::steal(PySequence_List(stack[4]));
    EXPECT_EQ(reprOf(rest.get()), "[10, 7, 4, 1]");

    python::finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
    EXPECT_EQ(Py_REFCNT(owned.get()), 1);
    EXPECT_EQ(Py_REFCNT(borrowed.get()), 1);
}

// The old contents die last, when the frame says everything already; their finalizers may look at it.
TEST_F(Rebuild, OldLocalsAreReleasedWhenTheFrameIsComplete) {
    auto names = runPython(
        "import sys\n"
        "seen = []\n"
        "class Looking:\n"
        "    def __del__(self):\n"
        "        frame = sys._getframe(1)\n"
        "        seen.append((frame.f_code.co_name, frame.f_lineno, dict(frame.f_locals)))\n"
        "def function(a, b):\n"
        "    b = 1\n"
        "    return a\n");
    auto function = evaluate(names, "function");
    auto arguments = evaluate(names, "(Looking(), Looking())");
    TestActivation activation(function.get(), arguments.get());
    arguments.reset();
    const uint64_t words[] = {word(int64_t{5}), word(2.5)};
    Exit exit;
    exit.wordCount = 2;
    exit.locals = {{0, {SlotKind::Int, {0}}}, {1, {SlotKind::Double, {1}}}};
    python::setResumeAt(activation.frame(), python::indexOf(function.get(), "LOAD_FAST"));
    rebuildFrame(activation.ts(), activation.frame(), exit, words);
    auto result = Ref<>::steal(activation.end(python::resumeInInterpreter(activation.ts(), activation.frame())));
    EXPECT_EQ(reprOf(result.get()), "5");
    EXPECT_EQ(reprOf(evaluate(names, "seen").get()),
              "[('function', 8, {'a': 5, 'b': 2.5}), ('function', 8, {'a': 5, 'b': 2.5})]");
}

TEST_F(Rebuild, ABorrowedValueMayBeTheOneThatTheLocalHeld) {
    auto value = evaluate(names_, "['value']");
    auto arguments = Ref<>::steal(PyTuple_Pack(3, value.get(), Py_None, Py_None));
    TestActivation activation(function_.get(), arguments.get());
    arguments.reset();
    const uint64_t words[] = {word(value.get())};
    Exit exit;
    exit.wordCount = 1;
    exit.locals = {{0, {SlotKind::Null, {}}}, {1, {SlotKind::Borrowed, {0}}}};
    exit.stack = {{SlotKind::Borrowed, {0}}};
    PyObject* borrowed = value.release();
    Py_DECREF(borrowed);  // only the frame keeps it now
    ASSERT_EQ(Py_REFCNT(borrowed), 1);
    rebuildFrame(activation.ts(), activation.frame(), exit, words);
    EXPECT_EQ(Py_REFCNT(borrowed), 2);
    EXPECT_EQ(python::local(activation.frame(), 0), nullptr);
    EXPECT_EQ(reprOf(python::local(activation.frame(), 1)), "['value']");
    python::finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
}

TEST_F(Rebuild, ANumberIsOneObjectInAllSlots) {
    auto arguments = Ref<>::steal(Py_BuildValue("(sss)", "a", "b", "c"));
    TestActivation activation(function_.get(), arguments.get());
    constexpr uint16_t kNone = SlotRecipe::kNone;
    const uint64_t words[] = {word(int64_t{5000}), word(int64_t{5000}), 1, 0, word(2.5)};
    Exit exit;
    exit.wordCount = 5;
    exit.locals = {{0, {SlotKind::Int, {0}}},
                   {1, {SlotKind::Int, {1, 0}, kNone, 2}},   // that of word 0
                   {2, {SlotKind::Int, {1, 0}, kNone, 3}}};  // its own
    exit.stack = {{SlotKind::Int, {0}},
                  {SlotKind::Int, {1}},
                  {SlotKind::Double, {4}},
                  {SlotKind::Double, {4}, 2, kNone, 0},
                  {SlotKind::Double, {4}, 3, kNone, 0},  // what the slot of local 0 held
                  {SlotKind::InSlot, {}, kNone, kNone, 2}};
    PyObject* first = python::local(activation.frame(), 0);
    PyObject* last = python::local(activation.frame(), 2);
    rebuildFrame(activation.ts(), activation.frame(), exit, words);
    PyObject* number = python::local(activation.frame(), 0);
    PyObject* other = python::local(activation.frame(), 2);
    EXPECT_EQ(reprOf(number), "5000");
    EXPECT_EQ(python::local(activation.frame(), 1), number);
    EXPECT_NE(other, number);
    PyObject** stack = python::stackBase(activation.frame());
    EXPECT_EQ(stack[0], number);
    EXPECT_EQ(Py_REFCNT(number), 3);
    EXPECT_EQ(stack[1], other);
    EXPECT_EQ(Py_REFCNT(other), 2);
    EXPECT_EQ(stack[3], stack[2]);
    EXPECT_EQ(Py_REFCNT(stack[2]), 2);
    EXPECT_EQ(stack[4], first);
    EXPECT_EQ(stack[5], last);
    python::finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
}

}  // namespace
}  // namespace pyjion::deopt
