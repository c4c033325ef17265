// SPDX-License-Identifier: MIT
#include "deopt/leave.h"

#include <gtest/gtest.h>

#include <bit>

#include "python/range_iterator.h"
#include "python/test_activation.h"

namespace pyjion::deopt {
namespace {

using python::evaluate;
using python::Ref;
using python::reprOf;
using python::runPython;
using python::TestActivation;

int hookCalls = 0;

class LeaveCode : public testing::Test {
  protected:
    void SetUp() override {
        names_ = runPython(
            "def function(a, b):\n"
            "    c = a * b\n"
            "    return [c, a]\n");
        function_ = evaluate(names_, "function");
        arguments_ = Ref<>::steal(Py_BuildValue("(ii)", 6, 7));
        remaining_ = python::currentThread()->recursion_remaining;
        current_ = python::currentFrame(python::currentThread());
        hookCalls = 0;
    }

    void TearDown() override {
        setExitHook(nullptr);
        EXPECT_EQ(python::currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(python::currentFrame(python::currentThread()), current_);
        EXPECT_EQ(stashedResult, nullptr);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    // An exit at `a * b`: before it with both operands pushed as numbers, or Raised.
    ExitTable tableAt(ResumeMode mode) {
        const int32_t index = python::indexOf(function_.get(), "BINARY_OP");
        Exit exit;
        exit.mode = mode;
        exit.resumeIndex = exit.runningIndex = static_cast<uint32_t>(index);
        exit.nextIndex = static_cast<uint32_t>(index) + 2;
        if (mode == ResumeMode::Before) {
            exit.wordCount = 2;
            exit.stack = {{SlotKind::Int, {0}}, {SlotKind::Double, {1}}};
        }
        ExitTable table;
        table.exits = {Exit{}, exit};
        table.bufferWords = 2;
        return table;
    }

    PyObject* leaveThrough(ExitTable& table) {
        TestActivation activation(function_.get(), arguments_.get());
        if (beforeLeaving_ != nullptr) {
            beforeLeaving_(activation.frame());
        }
        const uint64_t words[] = {3, std::bit_cast<uint64_t>(0.5)};
        return activation.end(leave(activation.ts(), activation.frame(), 1, &table, words));
    }

    Ref<> names_;
    Ref<> function_;
    Ref<> arguments_;
    void (*beforeLeaving_)(python::Frame* frame) = nullptr;
    int remaining_ = 0;
    python::Frame* current_ = nullptr;
};

TEST_F(LeaveCode, BeforeExitsRepeatTheInstruction) {
    ExitTable table = tableAt(ResumeMode::Before);
    auto result = Ref<>::steal(leaveThrough(table));
    EXPECT_EQ(reprOf(result.get()), "[1.5, 6]");
    EXPECT_EQ(table.exits[1].count, 1u);
    EXPECT_EQ(table.exits[0].count, 0u);
}

TEST_F(LeaveCode, RaisedExitsEndTheFrame) {
    ExitTable table = tableAt(ResumeMode::Raised);
    setExitHook([](ExitTable*, uint32_t, PyThreadState*, python::Frame*) { return hookCalls++, Continuation{}; });
    PyErr_SetString(PyExc_KeyError, "raised by a helper");
    EXPECT_EQ(leaveThrough(table), nullptr);
    EXPECT_EQ(hookCalls, 0);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    EXPECT_EQ(type, PyExc_KeyError);
    auto line = Ref<>::steal(PyObject_GetAttrString(traceback, "tb_lineno"));
    EXPECT_EQ(reprOf(line.get()), "2");
    Py_DECREF(type);
    Py_DECREF(value);
    Py_DECREF(traceback);
}

TEST_F(LeaveCode, ExceptionsGoToTheHandlerOfTheExit) {
    ExitTable table = tableAt(ResumeMode::Raised);
    const int32_t target = python::indexOf(function_.get(), "LOAD_FAST", 2);
    table.exits[1].handler = python::ExceptionEntry{0, target, target, 0, false};
    static int32_t resumed;
    static std::string stack;
    setExitHook([](ExitTable*, uint32_t, PyThreadState* ts, python::Frame* frame) {
        hookCalls++;
        resumed = python::resumeIndex(frame);
        stack = reprOf(python::stackBase(frame)[python::depth(frame) - 1]);
        Py_DECREF(python::stackBase(frame)[0]);
        python::setDepth(frame, 0);
        python::finishFrame(ts, frame);
        return Continuation{true, Py_NewRef(Py_True)};
    });
    for (const ResumeMode mode : {ResumeMode::Raised, ResumeMode::Reraised}) {
        table.exits[1].mode = mode;
        PyErr_SetString(PyExc_KeyError, "handled");
        auto result = Ref<>::steal(leaveThrough(table));
        EXPECT_EQ(result.get(), Py_True);
        EXPECT_EQ(resumed, target);
        EXPECT_EQ(stack, "KeyError('handled')");
    }
    EXPECT_EQ(hookCalls, 2);
}

TEST_F(LeaveCode, ExceptionsThatAreRaisedAgainGetNoEntry) {
    ExitTable table = tableAt(ResumeMode::Reraised);
    PyErr_SetString(PyExc_KeyError, "again");
    EXPECT_EQ(leaveThrough(table), nullptr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    EXPECT_EQ(type, PyExc_KeyError);
    EXPECT_EQ(traceback, nullptr);
    Py_XDECREF(type);
    Py_XDECREF(value);
}

TEST_F(LeaveCode, StashedResultsArePushedBehindTheInstruction) {
    ExitTable table = tableAt(ResumeMode::Raised);
    setExitHook([](ExitTable*, uint32_t, PyThreadState*, python::Frame*) { return hookCalls++, Continuation{}; });
    auto value = evaluate(names_, "['stashed']");
    EXPECT_EQ(stashResult(Py_NewRef(value.get())), nullptr);
    auto result = Ref<>::steal(leaveThrough(table));
    EXPECT_EQ(reprOf(result.get()), "[['stashed'], 6]");
    EXPECT_EQ(Py_REFCNT(value.get()), 2);
    EXPECT_EQ(hookCalls, 1);
}

TEST_F(LeaveCode, StashedResultsThatAreNotPushedAreReleased) {
    auto names = runPython("def function(a, b):\n    a[0] = b\n    return b\n");
    function_ = evaluate(names, "function");
    ExitTable table;
    Exit exit;
    exit.mode = ResumeMode::Raised;
    exit.pushesResult = false;
    exit.runningIndex = static_cast<uint32_t>(python::indexOf(function_.get(), "STORE_SUBSCR"));
    exit.nextIndex = exit.runningIndex + 2;
    table.exits = {Exit{}, exit};
    const Py_ssize_t references = Py_REFCNT(Py_None);
    stashResult(Py_NewRef(Py_None));
    auto result = Ref<>::steal(leaveThrough(table));
    EXPECT_EQ(reprOf(result.get()), "7");
    EXPECT_EQ(Py_REFCNT(Py_None), references);
}

TEST_F(LeaveCode, ResultsInTheFrameAreOnTheValueStackBehindTheInstruction) {
    auto names = runPython("def function(a, b):\n    c, d = a\n    return c, d, b\n");
    function_ = evaluate(names, "function");
    ExitTable table;
    Exit exit;
    exit.mode = ResumeMode::Raised;
    exit.pushesResult = false;
    exit.spreadResults = 2;
    exit.runningIndex = static_cast<uint32_t>(python::indexOf(function_.get(), "UNPACK_SEQUENCE"));
    exit.nextIndex = exit.runningIndex + 2;
    table.exits = {Exit{}, exit};
    stashResult(Py_NewRef(Py_None));
    beforeLeaving_ = [](python::Frame* frame) {
        python::stackBase(frame)[0] = PyUnicode_FromString("second");
        python::stackBase(frame)[1] = PyUnicode_FromString("first");
    };
    auto result = Ref<>::steal(leaveThrough(table));
    EXPECT_EQ(reprOf(result.get()), "('first', 'second', 7)");
}

TEST_F(LeaveCode, AFailureWithoutAnExceptionIsNamed) {
    ExitTable table = tableAt(ResumeMode::Raised);
    EXPECT_EQ(leaveThrough(table), nullptr);
    EXPECT_TRUE(PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
}

TEST_F(LeaveCode, TheHookMayRunTheRestItself) {
    ExitTable table = tableAt(ResumeMode::Before);
    setExitHook([](ExitTable* seen, uint32_t number, PyThreadState* ts, python::Frame* frame) {
        EXPECT_EQ(number, 1u);
        EXPECT_EQ(seen->exits[number].count, 1u);
        EXPECT_EQ(python::depth(frame), 2);
        EXPECT_EQ(python::resumeIndex(frame), static_cast<int32_t>(seen->exits[number].resumeIndex));
        for (int i = 0; i < 2; i++) {
            Py_DECREF(python::stackBase(frame)[i]);
        }
        python::setDepth(frame, 0);
        python::finishFrame(ts, frame);
        return Continuation{true, PyUnicode_FromString("by the hook")};
    });
    auto result = Ref<>::steal(leaveThrough(table));
    EXPECT_EQ(reprOf(result.get()), "'by the hook'");
}

// Every instruction start of a running function is a place where compiled code may leave. The interpreter, traced, says
// what the frame holds before each one; an exit with these values must then lead to the function's own result.
struct Place {
    int32_t index;
    bool handlesException;
    Ref<> locals;
    Ref<> stack;  // tuples; NULL is kept as the sentinel below
};
std::vector<Place> places;
PyObject* nullSentinel = nullptr;
const char* tracedName = "function";

// What the rest of the function would change must be the place's own.
PyObject* ownCopy(PyObject* value) {
    if (python::isRangeIterator(value)) {
        return python::makeRangeIterator(python::readRangeIterator(value));
    }
    if (PyDict_CheckExact(value)) {
        return PyDict_Copy(value);
    }
    return PyList_CheckExact(value) ? PySequence_List(value) : Py_NewRef(value);
}

Ref<> copied(PyObject** values, Py_ssize_t count) {
    auto tuple = Ref<>::steal(PyTuple_New(count));
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(tuple.get(), i, ownCopy(values[i] == nullptr ? nullSentinel : values[i]));
    }
    return tuple;
}

int recordPlace(PyObject*, PyFrameObject* object, int what, PyObject*) {
    python::Frame* frame = python::currentFrame(python::currentThread());
    if (PyUnicode_CompareWithASCIIString(python::code(frame)->co_name, tracedName) != 0) {
        return 0;
    }
    if (what == PyTrace_CALL) {
        return PyObject_SetAttrString(reinterpret_cast<PyObject*>(object), "f_trace_opcodes", Py_True);
    }
    if (what == PyTrace_OPCODE) {
        PyObject* handled = PyErr_GetHandledException();
        const bool handles = handled != nullptr && handled != Py_None;
        Py_XDECREF(handled);
        places.push_back({python::runningIndex(frame), handles,
                          copied(python::slots(frame), python::code(frame)->co_nlocalsplus),
                          copied(python::stackBase(frame), python::depth(frame))});
    }
    return 0;
}

SlotRecipe recipeFor(PyObject* value, std::vector<uint64_t>& words) {
    SlotRecipe recipe;
    recipe.words[0] = static_cast<uint16_t>(words.size());
    if (value == nullSentinel) {
        recipe.kind = SlotKind::Null;
    } else if (PyLong_CheckExact(value)) {
        recipe.kind = SlotKind::Int;
        words.push_back(static_cast<uint64_t>(PyLong_AsLongLong(value)));
    } else if (PyFloat_CheckExact(value)) {
        recipe.kind = SlotKind::Double;
        words.push_back(std::bit_cast<uint64_t>(PyFloat_AS_DOUBLE(value)));
    } else if (PyBool_Check(value)) {
        recipe.kind = SlotKind::Bool;
        words.push_back(value == Py_True ? 1 : 0);
    } else if (python::isRangeIterator(value)) {
        recipe.kind = SlotKind::RangeIter;
        const python::RangeState state = python::readRangeIterator(value);
        recipe.words = {recipe.words[0], static_cast<uint16_t>(words.size() + 1),
                        static_cast<uint16_t>(words.size() + 2)};
        words.insert(words.end(), {static_cast<uint64_t>(state.next), static_cast<uint64_t>(state.step),
                                   static_cast<uint64_t>(state.next + state.step * state.left)});
    } else {
        recipe.kind = words.size() % 2 == 0 ? SlotKind::Borrowed : SlotKind::Owned;
        words.push_back(std::bit_cast<uint64_t>(value));
        if (recipe.kind == SlotKind::Owned) {
            Py_INCREF(value);
        }
    }
    return recipe;
}

TEST_F(LeaveCode, EveryInstructionStartLeadsToTheSameResult) {
    auto names = runPython(R"(
import dis
def closed(function):
    units, waiting = set(), False
    for i in dis.get_instructions(function):
        if waiting:
            units.add(i.offset // 2)
        waiting = i.opname == 'KW_NAMES' or waiting and i.opname != 'CALL'
    return units
def add(x, y=1, *more, key=0):
    return x + y + sum(more) + key
class Context:
    def __enter__(self): return 3
    def __exit__(self, *details): return True
def function(n, scale):
    total = 0
    text = 'a'
    for i in range(n, 0, -1):
        if i % 2 and i > 2 or i == 6:
            total += add(i, key=i) * 2
        else:
            total -= add(*(1, 2, 3), **{'key': i})
        try:
            with Context() as c:
                total += c
                total = total / (i - 4) + scale
        except ZeroDivisionError:
            total = -total
        finally:
            text += f'{i:>3}'
        try:
            if i == 2:
                raise KeyError(i)
        except KeyError as e:
            total += e.args[0]
        square = (lambda z: z * z)(i) if i else None
        first, *rest = [i, total, square]
        while rest and len(rest) > 1:
            rest = rest[1:]
        total = [total, rest[0]][0 < 1 < 2 < 3] + first
    return total, text, square
)");
    function_ = evaluate(names, "function");
    arguments_ = Ref<>::steal(Py_BuildValue("(id)", 7, 0.25));
    auto sentinel = evaluate(names, "object()");
    nullSentinel = sentinel.get();
    places.clear();
    PyEval_SetTrace(recordPlace, nullptr);
    auto expected = Ref<>::steal(PyObject_CallObject(function_.get(), arguments_.get()));
    PyEval_SetTrace(nullptr, nullptr);
    ASSERT_TRUE(expected);
    const std::string expectedText = reprOf(expected.get());
    // A call with keywords is entered at its KW_NAMES only: the interpreter keeps the names in a C variable.
    auto closed = evaluate(names, "closed(function)");
    size_t left = 0;
    size_t skipped = 0;
    for (const Place& place : places) {
        auto index = Ref<>::steal(PyLong_FromLong(place.index));
        // In handlers the thread's exception state is part of what the frame needs; compiled code is never there.
        if (place.handlesException || PySet_Contains(closed.get(), index.get()) == 1) {
            skipped++;
            continue;
        }
        std::vector<uint64_t> words;
        ExitTable table;
        Exit exit;
        exit.resumeIndex = static_cast<uint32_t>(place.index);
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(place.locals.get()); i++) {
            exit.locals.push_back(
                {static_cast<uint16_t>(i), recipeFor(PyTuple_GET_ITEM(place.locals.get(), i), words)});
        }
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(place.stack.get()); i++) {
            exit.stack.push_back(recipeFor(PyTuple_GET_ITEM(place.stack.get(), i), words));
        }
        words.push_back(0);
        exit.wordCount = static_cast<uint32_t>(words.size());
        table.exits = {exit};
        TestActivation activation(function_.get(), arguments_.get());
        auto result = Ref<>::steal(activation.end(leave(activation.ts(), activation.frame(), 0, &table, words.data())));
        if (!result) {
            PyErr_Print();
        }
        ASSERT_EQ(reprOf(result.get()), expectedText) << "left at " << place.index;
        left++;
    }
    EXPECT_GT(left, 300u);
    EXPECT_GT(skipped, 0u);
    places.clear();
}

}  // namespace
}  // namespace pyjion::deopt
