// SPDX-License-Identifier: MIT
#include "deopt/inlined_frames.h"

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

/// outer() calls middle(), which calls C(), whose __init__ calls inner(): an exit in inner() makes three frames.
class InlinedFrames : public testing::Test {
  protected:
    void SetUp() override {
        names_ = runPython(
            "import sys, traceback\n"
            "seen = []\n"
            "def inner(x):\n"
            "    seen.append([entry.name for entry in traceback.extract_stack(sys._getframe(), 4)])\n"
            "    return 10 // x\n"
            "class C:\n"
            "    def __init__(self, x):\n"
            "        self.item = inner(x)\n"
            "def middle(x):\n"
            "    made = C(x)\n"
            "    return made.item + 1\n"
            "def outer(x):\n"
            "    return [middle(x), x]\n"
            "class Adds:\n"
            "    def __init__(self, result):\n"
            "        self.result = result\n"
            "    def __add__(self, other):\n"
            "        return self.result or other\n"
            "def added(left, right):\n"
            "    return [left + right]\n"
            "class Has:\n"
            "    def __init__(self, number):\n"
            "        self.number = number\n"
            "    @property\n"
            "    def twice(self):\n"
            "        return 2 / self.number\n"
            "def doubled(owner):\n"
            "    return owner.twice,\n");
        remaining_ = python::currentThread()->recursion_remaining;
        current_ = python::currentFrame(python::currentThread());
    }

    void TearDown() override {
        EXPECT_EQ(python::currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(python::currentFrame(python::currentThread()), current_);
    }

    static uint32_t callIn(PyObject* function) { return static_cast<uint32_t>(python::indexOf(function, "CALL")); }
    static uint32_t behind(uint32_t call) { return call + 5; }  // CALL has four caches

    /// Leaves at the start of inner(), with the number x in a register.
    PyObject* leaveWith(int64_t x) {
        auto outer = evaluate(names_, "outer");
        auto middle = evaluate(names_, "middle");
        auto initialiser = evaluate(names_, "C.__init__");
        auto inner = evaluate(names_, "inner");
        auto instance = evaluate(names_, "C.__new__(C)");
        Exit exit;
        exit.mode = ResumeMode::Raised;
        exit.runningIndex = callIn(outer.get());
        exit.nextIndex = behind(exit.runningIndex);
        // middle, its x and made; the instance, __init__, its self and x; inner and its x
        exit.inlined = {
            {0, 2, callIn(middle.get()), behind(callIn(middle.get()))},
            {4, 2, callIn(initialiser.get()), behind(callIn(initialiser.get())), InlinedFrame::End::Instance},
            {7, 1, 0, 0}};
        exit.stack = {{SlotKind::Borrowed, {0}}, {SlotKind::Int, {4}},      {SlotKind::Null, {}},
                      {SlotKind::Borrowed, {1}}, {SlotKind::Borrowed, {2}}, {SlotKind::Borrowed, {1}},
                      {SlotKind::Int, {4}},      {SlotKind::Borrowed, {3}}, {SlotKind::Int, {4}}};
        exit.wordCount = 5;
        ExitTable table;
        table.exits = {exit};
        table.bufferWords = 5;
        auto word = [](const Ref<>& object) { return reinterpret_cast<uint64_t>(object.get()); };
        const uint64_t words[] = {word(middle), word(instance), word(initialiser), word(inner),
                                  static_cast<uint64_t>(x)};
        auto arguments = Ref<>::steal(Py_BuildValue("(L)", static_cast<long long>(x)));
        TestActivation activation(outer.get(), arguments.get());
        return activation.end(leave(activation.ts(), activation.frame(), 0, &table, words));
    }

    /// Leaves in the method of `left + 5`, with these numbers in its frame.
    PyObject* leaveOperator(const char* left) {
        auto outer = evaluate(names_, "added");
        auto method = evaluate(names_, "Adds.__add__");
        auto owner = evaluate(names_, left);
        auto operand = Ref<>::steal(PyLong_FromLong(5));
        Exit exit;
        exit.mode = ResumeMode::Raised;
        exit.runningIndex = static_cast<uint32_t>(python::indexOf(outer.get(), "BINARY_OP"));
        exit.nextIndex = exit.runningIndex + 2;  // BINARY_OP has one cache
        // the right and the left operand, __add__, its self and other
        exit.inlined = {{2, 2, 0, 0, InlinedFrame::End::Operator, 0}};
        exit.stack = {{SlotKind::Borrowed, {0}},
                      {SlotKind::Borrowed, {1}},
                      {SlotKind::Borrowed, {2}},
                      {SlotKind::Borrowed, {1}},
                      {SlotKind::Borrowed, {0}}};
        exit.wordCount = 3;
        ExitTable table;
        table.exits = {exit};
        table.bufferWords = 3;
        auto word = [](const Ref<>& object) { return reinterpret_cast<uint64_t>(object.get()); };
        const uint64_t words[] = {word(operand), word(owner), word(method)};
        auto arguments = Ref<>::steal(Py_BuildValue("(OO)", owner.get(), operand.get()));
        TestActivation activation(outer.get(), arguments.get());
        return activation.end(leave(activation.ts(), activation.frame(), 0, &table, words));
    }

    /// Leaves in the function of the property that `owner.twice` finds.
    PyObject* leaveGetter(const Ref<>& owner) {
        auto outer = evaluate(names_, "doubled");
        auto getter = evaluate(names_, "Has.twice.fget");
        Exit exit;
        exit.mode = ResumeMode::Raised;
        exit.runningIndex = static_cast<uint32_t>(python::indexOf(outer.get(), "LOAD_ATTR"));
        exit.nextIndex = exit.runningIndex + 5;  // LOAD_ATTR has four caches
        // the object; the function, its self
        exit.inlined = {{1, 1, 0, 0, InlinedFrame::End::Getter}};
        exit.stack = {{SlotKind::Borrowed, {0}}, {SlotKind::Borrowed, {1}}, {SlotKind::Borrowed, {0}}};
        exit.wordCount = 2;
        ExitTable table;
        table.exits = {exit};
        table.bufferWords = 2;
        const uint64_t words[] = {reinterpret_cast<uint64_t>(owner.get()), reinterpret_cast<uint64_t>(getter.get())};
        auto arguments = Ref<>::steal(Py_BuildValue("(O)", owner.get()));
        TestActivation activation(outer.get(), arguments.get());
        return activation.end(leave(activation.ts(), activation.frame(), 0, &table, words));
    }

    Ref<> names_;
    int remaining_ = 0;
    python::Frame* current_ = nullptr;
};

TEST_F(InlinedFrames, GiveTheObjectOfAPropertyBack) {
    for (const char* number : {"Has(4)", "Has(0)"}) {
        auto owner = evaluate(names_, number);
        const Py_ssize_t references = Py_REFCNT(owner.get());
        auto result = Ref<>::steal(leaveGetter(owner));
        if (result.get() == nullptr) {
            EXPECT_TRUE(PyErr_ExceptionMatches(PyExc_ZeroDivisionError));
            PyErr_Clear();
        } else {
            EXPECT_EQ(reprOf(result.get()), "(0.5,)");
        }
        EXPECT_EQ(Py_REFCNT(owner.get()), references) << number;
    }
}

TEST_F(InlinedFrames, RunToTheirEndsAndTheCallGoesOn) {
    auto result = Ref<>::steal(leaveWith(4));
    ASSERT_NE(result.get(), nullptr);
    EXPECT_EQ(reprOf(result.get()), "[3, 4]");
    EXPECT_EQ(reprOf(evaluate(names_, "seen[0]").get()), "['outer', 'middle', '__init__', 'inner']");
}

TEST_F(InlinedFrames, AreInTheTracebackOfWhatTheyRaise) {
    ASSERT_EQ(leaveWith(0), nullptr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    EXPECT_EQ(type, PyExc_ZeroDivisionError);
    auto extract = evaluate(names_, "lambda t: [(e.name, e.lineno) for e in traceback.extract_tb(t)]");
    auto entries = Ref<>::steal(PyObject_CallOneArg(extract.get(), traceback));
    EXPECT_EQ(reprOf(entries.get()), "[('outer', 13), ('middle', 10), ('__init__', 8), ('inner', 5)]");
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

TEST_F(InlinedFrames, OfOperatorsGiveWhatTheirMethodsReturn) {
    auto result = Ref<>::steal(leaveOperator("Adds(None)"));
    ASSERT_NE(result.get(), nullptr);
    EXPECT_EQ(reprOf(result.get()), "[5]");
}

TEST_F(InlinedFrames, OfOperatorsAskOnWhenThatIsNotImplemented) {
    ASSERT_EQ(leaveOperator("Adds(NotImplemented)"), nullptr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    auto text = Ref<>::steal(PyObject_Str(value));
    EXPECT_EQ(reprOf(text.get()), "\"unsupported operand type(s) for +: 'Adds' and 'int'\"");
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

}  // namespace
}  // namespace pyjion::deopt
