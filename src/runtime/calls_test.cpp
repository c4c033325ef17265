// SPDX-License-Identifier: MIT
// Calls of all kinds of callables. "Compiled" bodies are C++ functions here.
#include "runtime/calls.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "python/frame.h"
#include "python/leave.h"
#include "python/thread.h"
#include "runtime/activation.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

/// A tuple of the locals, with "unbound" for null.
PyObject* localsBody(PyThreadState*, _PyInterpreterFrame* frame, int32_t) {
    const int count = python::code(frame)->co_nlocalsplus;
    PyObject* result = PyTuple_New(count);
    for (int i = 0; i < count; i++) {
        PyObject* value = python::local(frame, static_cast<uint32_t>(i));
        if (value == nullptr) {
            value = PyUnicode_FromString("unbound");
        } else {
            Py_INCREF(value);
        }
        PyTuple_SET_ITEM(result, i, value);
    }
    return result;
}

/// Leaves at once: the interpreter runs the function.
PyObject* leavingBody(PyThreadState* ts, _PyInterpreterFrame* frame, int32_t) {
    python::setResumeAt(frame, 0);
    return python::resumeInInterpreter(ts, frame);
}

Py_ssize_t countSeenByBody;
PyObject* countingBody(PyThreadState*, _PyInterpreterFrame* frame, int32_t) {
    countSeenByBody = Py_REFCNT(python::local(frame, 0));
    Py_RETURN_NONE;
}

PyObject* raisingBody(PyThreadState*, _PyInterpreterFrame*, int32_t) {
    PyErr_SetString(PyExc_ValueError, "from the body");
    return nullptr;
}

int64_t intBody(PyThreadState*, _PyInterpreterFrame*, int32_t) {
    return 42;
}

int64_t raisingIntBody(PyThreadState*, _PyInterpreterFrame*, int32_t) {
    PyErr_SetString(PyExc_ValueError, "from the body");
    return deopt::kNoInt;
}

PyObject* longBody(PyThreadState*, _PyInterpreterFrame*, int32_t) {
    return PyLong_FromLong(43);
}

int depthReached;
PyObject* recursiveBody(PyThreadState* ts, _PyInterpreterFrame* frame, int32_t) {
    depthReached++;
    PyObject** stack = python::stackBase(frame);
    stack[0] = nullptr;
    stack[1] = reinterpret_cast<PyObject*>(python::function(frame));
    Py_INCREF(stack[1]);
    Site site;
    return call(ts, frame, stack, 0, &site);
}

PyObject* activatingEvaluator(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    CodeEntry* entry = entryOf(python::code(frame));
    if (entry == nullptr || throwflag != 0) {
        return _PyEval_EvalFrameDefault(ts, frame, throwflag);
    }
    return activate(ts, frame, entry);
}

PyObject* keptFrame;
PyObject* frameBody(PyThreadState*, _PyInterpreterFrame*, int32_t) {
    keptFrame = reinterpret_cast<PyObject*>(PyEval_GetFrame());
    Py_XINCREF(keptFrame);
    Py_RETURN_NONE;
}

class CallsTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        python::ensureInterpreter();
        python::requestCodeExtra([](void*) {});
        interpreted_ = new python::Ref<>(python::runPython("class Interpreted: pass"));
    }

    void SetUp() override {
        ts_ = PyThreadState_Get();
        recursion_ = ts_->recursion_remaining;
        currentFrame_ = ts_->cframe->current_frame;
        dataStack_ = ts_->datastack_top;
    }
    // Whatever a call did, it gave everything back.
    void TearDown() override {
        EXPECT_EQ(ts_->recursion_remaining, recursion_);
        EXPECT_EQ(ts_->cframe->current_frame, currentFrame_);
        EXPECT_EQ(ts_->datastack_top, dataStack_);
        EXPECT_EQ(deopt::stashedResult, nullptr);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    /// The function `f` of a text; with a body, it has an entry as compiled functions have.
    PyObject* define(const std::string& text, CompiledBody body = {}) {
        python::Ref<> names = python::runPython(text);
        PyObject* function = PyDict_GetItemString(names.get(), "f");
        Py_INCREF(function);
        if (body) {
            auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(function));
            // The code lives on: what its extra word points to is not for anybody to free.
            Py_INCREF(reinterpret_cast<PyObject*>(code));
            entry_ = new CodeEntry;
            entry_->attach(body);
            entry_->argumentCount = static_cast<uint16_t>(code->co_argcount);
            entry_->simpleParameters = true;
            entry_->attach(entry_->body);
            entry_->frameWords = static_cast<uint32_t>(python::sizeInWords(code));
            EXPECT_TRUE(python::setCodeExtra(code, entry_));
        }
        return function;
    }

    /// Calls with new references, as they would lie on the value stack.
    PyObject* callWith(PyObject* first, PyObject* second, std::vector<PyObject*> arguments) {
        std::vector<PyObject*> slots = {first, second};
        slots.insert(slots.end(), arguments.begin(), arguments.end());
        site_ = Site{};
        return call(ts_, nullptr, slots.data(), static_cast<int64_t>(arguments.size()), &site_);
    }
    PyObject* callKnownWith(PyObject* first, PyObject* second, std::vector<PyObject*> arguments) {
        std::vector<PyObject*> slots = {first, second};
        slots.insert(slots.end(), arguments.begin(), arguments.end());
        return callKnown(ts_, nullptr, slots.data(), static_cast<int64_t>(arguments.size()));
    }

    static python::Ref<>* interpreted_;
    PyThreadState* ts_ = nullptr;
    CodeEntry* entry_ = nullptr;
    Site site_;
    int recursion_ = 0;
    _PyInterpreterFrame* currentFrame_ = nullptr;
    PyObject** dataStack_ = nullptr;
};
python::Ref<>* CallsTest::interpreted_;

TEST_F(CallsTest, CompiledFunctionGetsItsArguments) {
    PyObject* function = define("def f(a, b):\n    c = 1\n", localsBody);
    const Py_ssize_t count = Py_REFCNT(function);
    Py_INCREF(function);
    EXPECT_EQ(outcome(callWith(nullptr, function, {operand("'a'"), operand("'b'")})), "tuple ('a', 'b', 'unbound')");
    EXPECT_EQ(Py_REFCNT(function), count);
    EXPECT_EQ(entry_->runCount, 1u);
    EXPECT_EQ(site_.seenLeft, 1u << 5);
    Py_INCREF(function);
    EXPECT_EQ(outcome(callKnownWith(nullptr, function, {operand("'a'"), operand("'b'")})),
              "tuple ('a', 'b', 'unbound')");
    EXPECT_EQ(Py_REFCNT(function), count);
    EXPECT_EQ(entry_->runCount, 2u);
    Py_DECREF(function);
}

TEST_F(CallsTest, TheLastReferenceToTheFunctionMayBeTheCalls) {
    PyObject* function = define("def f(a):\n    pass\n", localsBody);
    // Taken out of its own globals.
    PyDict_DelItemString(PyFunction_GET_GLOBALS(function), "f");
    ASSERT_EQ(Py_REFCNT(function), 1);
    EXPECT_EQ(outcome(callWith(nullptr, function, {operand("'a'")})), "tuple ('a',)");
}

TEST_F(CallsTest, ArgumentsMoveIntoTheFrame) {
    PyObject* function = define("def f(a):\n    pass\n", countingBody);
    const HeldOperand argument(operand("[1]"));
    Py_DECREF(callWith(nullptr, function, {argument.give()}));
    EXPECT_EQ(countSeenByBody, 2);
    EXPECT_EQ(argument.excess(), 0);
}

TEST_F(CallsTest, Defaults) {
    PyObject* function = define("def f(a, b='x', c='y'):\n    pass\n", localsBody);
    Py_INCREF(function);
    EXPECT_EQ(outcome(callWith(nullptr, function, {operand("'a'")})), "tuple ('a', 'x', 'y')");
    Py_INCREF(function);
    EXPECT_EQ(outcome(callKnownWith(nullptr, function, {operand("'a'"), operand("'b'")})), "tuple ('a', 'b', 'y')");
    EXPECT_EQ(entry_->runCount, 2u);
    Py_INCREF(function);
    EXPECT_EQ(outcome(callWith(nullptr, function, {})), "TypeError: f() missing 1 required positional argument: 'a'");
    Py_INCREF(function);
    EXPECT_EQ(outcome(callWith(nullptr, function, {operand("1"), operand("2"), operand("3"), operand("4")})),
              "TypeError: f() takes from 1 to 3 positional arguments but 4 were given");
    EXPECT_EQ(entry_->runCount, 2u);
    Py_DECREF(function);
}

TEST_F(CallsTest, MethodsOfAllForms) {
    PyObject* function = define("def f(self, a):\n    pass\n", localsBody);
    const Py_ssize_t count = Py_REFCNT(function);
    // LOAD_METHOD's pair.
    Py_INCREF(function);
    EXPECT_EQ(outcome(callWith(function, operand("'self'"), {operand("'a'")})), "tuple ('self', 'a')");
    Py_INCREF(function);
    EXPECT_EQ(outcome(callKnownWith(function, operand("'self'"), {operand("'a'")})), "tuple ('self', 'a')");
    // A bound method.
    const HeldOperand self(operand("[1]"));
    for (bool known : {false, true}) {
        PyObject* method = PyMethod_New(function, self.get());
        PyObject* result =
            known ? callKnownWith(nullptr, method, {operand("'a'")}) : callWith(nullptr, method, {operand("'a'")});
        EXPECT_EQ(outcome(result), "tuple ([1], 'a')");
        EXPECT_EQ(self.excess(), 0);
    }
    EXPECT_EQ(entry_->runCount, 4u);
    EXPECT_EQ(Py_REFCNT(function), count);
    Py_DECREF(function);
}

TEST_F(CallsTest, OtherCallables) {
    EXPECT_EQ(outcome(callWith(nullptr, operand("len"), {operand("[1, 2]")})), "int 2");
    EXPECT_EQ(site_.seenLeft, kIntBit);
    EXPECT_EQ(outcome(callWith(nullptr, operand("int"), {operand("'12'")})), "int 12");
    EXPECT_EQ(outcome(callWith(nullptr, operand("[3, 1].count"), {operand("3")})), "int 1");
    EXPECT_EQ(outcome(callWith(operand("list.count"), operand("[3, 1]"), {operand("3")})), "int 1");
    EXPECT_EQ(outcome(callWith(nullptr, operand("dict"), {})), "dict {}");
    EXPECT_EQ(outcome(callWith(nullptr, operand("7"), {operand("1")})), "TypeError: 'int' object is not callable");
    EXPECT_EQ(outcome(callWith(nullptr, operand("len"), {operand("1"), operand("2")})),
              "TypeError: len() takes exactly one argument (2 given)");
    EXPECT_EQ(outcome(callWith(nullptr, operand("lambda *a, k=1: (a, k)"), {operand("2")})), "tuple ((2,), 1)");
    const HeldOperand list(operand("[1]"));
    EXPECT_EQ(outcome(callWith(nullptr, operand("len"), {list.give()})), "int 1");
    EXPECT_EQ(list.excess(), 0);
}

TEST_F(CallsTest, FunctionsWithoutCompiledBodyRunInTheInterpreter) {
    PyObject* function = define("def f(a):\n    return a * 2\n", localsBody);
    entry_->attach(CompiledBody());
    Py_INCREF(function);
    EXPECT_EQ(outcome(callWith(nullptr, function, {operand("21")})), "int 42");
    entry_->attach(localsBody);
    entry_->simpleParameters = false;
    entry_->attach(entry_->body);
    Py_INCREF(function);
    EXPECT_EQ(outcome(callKnownWith(nullptr, function, {operand("21")})), "int 42");
    Py_DECREF(function);
}

TEST_F(CallsTest, ExchangedCodeIsNoticed) {
    PyObject* function = define("def f(a):\n    return 'old'\n", localsBody);
    CodeEntry* oldEntry = entry_;
    PyObject* other = define("def f(a):\n    return 'new'\n");
    PyObject_SetAttrString(function, "__code__", PyFunction_GET_CODE(other));
    EXPECT_EQ(outcome(callKnownWith(nullptr, function, {operand("1")})), "str 'new'");
    EXPECT_EQ(oldEntry->runCount, 0u);
    Py_DECREF(other);
}

TEST_F(CallsTest, ArgumentsComeInRegisters) {
    PyObject* function = define("def f(a, b):\n    c = 1\n", localsBody);
    const HeldOperand first(operand("[1]"));
    const Py_ssize_t count = Py_REFCNT(function);
    EXPECT_EQ(outcome(CallsOf<2>::call(ts_, Py_NewRef(function), first.give(), operand("'b'"))),
              "tuple ([1], 'b', 'unbound')");
    EXPECT_EQ(entry_->runCount, 1u);
    EXPECT_EQ(outcome(callBinaryAndStay(ts_, Py_NewRef(function), first.give(), operand("'c'"))),
              "tuple ([1], 'c', 'unbound')");
    // What it cannot do at once is done in another way.
    EXPECT_EQ(outcome(CallsOf<1>::call(ts_, Py_NewRef(function), first.give())),
              "TypeError: f() missing 1 required positional argument: 'b'");
    PyObject* method = PyMethod_New(function, first.get());
    EXPECT_EQ(outcome(CallsOf<1>::call(ts_, method, operand("'a'"))), "tuple ([1], 'a', 'unbound')");
    EXPECT_EQ(outcome(CallsOf<1>::call(ts_, operand("len"), operand("[1, 2]"))), "int 2");
    EXPECT_EQ(outcome(CallsOf<0>::call(ts_, operand("7"))), "TypeError: 'int' object is not callable");
    EXPECT_EQ(Py_REFCNT(function), count);
    EXPECT_EQ(first.excess(), 0);
    Py_DECREF(function);
}

TEST_F(CallsTest, IntsComeUnboxed) {
    PyObject* function = define("def f(a):\n    return a\n", localsBody);
    auto outcomeOf = [&](CompiledBody body) {
        entry_->attach(body);
        const int64_t value = CallsOf<1>::callForInt(ts_, Py_NewRef(function), operand("'a'"));
        if (value != deopt::kNoInt) {
            EXPECT_EQ(PyErr_Occurred(), nullptr);
            return std::to_string(value);
        }
        return outcome(PyErr_Occurred() == nullptr ? takeStashed() : nullptr);
    };
    EXPECT_EQ(outcomeOf(intBody), "42");
    EXPECT_EQ(outcomeOf(raisingIntBody), "ValueError: from the body");
    EXPECT_EQ(outcomeOf(longBody), "43");
    EXPECT_EQ(outcomeOf(localsBody), "tuple ('a',)");
    EXPECT_EQ(outcomeOf(CompiledBody()), "str 'a'");
    Py_DECREF(function);
}

TEST_F(CallsTest, ExceptionsComeBack) {
    PyObject* function = define("def f(a):\n    pass\n", raisingBody);
    const HeldOperand argument(operand("[1]"));
    EXPECT_EQ(outcome(callWith(nullptr, function, {argument.give()})), "ValueError: from the body");
    EXPECT_EQ(site_.seenLeft, 0u);
    EXPECT_EQ(argument.excess(), 0);
}

TEST_F(CallsTest, ABodyMayLeaveForTheInterpreter) {
    PyObject* function = define("def f(a):\n    return a * 2\n", leavingBody);
    EXPECT_EQ(outcome(callWith(nullptr, function, {operand("21")})), "int 42");
}

TEST_F(CallsTest, RecursionLimit) {
    // Where the data stack needs a new chunk, the call goes through the evaluator.
    PyObject* function = define("def f():\n    return f(1, 2, 3)\n", recursiveBody);
    depthReached = 0;
    setEvaluator(activatingEvaluator);
    EXPECT_EQ(outcome(callWith(nullptr, function, {})), "RecursionError: maximum recursion depth exceeded");
    setEvaluator(_PyEval_EvalFrameDefault);
    EXPECT_EQ(depthReached, recursion_);
}

TEST_F(CallsTest, FramesAreVisibleAndMaySurvive) {
    PyObject* function = define("def f(a):\n    return a\n", frameBody);
    Py_DECREF(callWith(nullptr, function, {operand("'kept'")}));
    ASSERT_NE(keptFrame, nullptr);
    EXPECT_EQ(outcome(PyObject_GetAttrString(keptFrame, "f_locals")), "dict {'a': 'kept'}");
    EXPECT_EQ(outcome(PyObject_GetAttrString(keptFrame, "f_lineno")), "int 1");
    Py_CLEAR(keptFrame);
}

TEST_F(CallsTest, NoRoomOnTheDataStack) {
    PyObject* function = define("def f(a):\n    return a * 2\n", localsBody);
    // CPython restores the limit itself when the chunk that it adds is given back.
    PyObject** limit = ts_->datastack_limit;
    PyObject* argument = operand("21");
    ts_->datastack_limit = ts_->datastack_top;
    EXPECT_EQ(outcome(callWith(nullptr, function, {argument})), "int 42");
    EXPECT_EQ(entry_->runCount, 0u);
    EXPECT_EQ(ts_->datastack_limit, limit);
}

int raiseFromPending(void*) {
    PyErr_SetString(PyExc_KeyError, "pending");
    return -1;
}
int pendingCalls;
int countPending(void*) {
    pendingCalls++;
    return 0;
}

TEST_F(CallsTest, PendingCallsAreMadeAfterCalls) {
    // Made first: evaluating them would make the pending calls.
    PyObject* len = operand("len");
    PyObject* iter = operand("iter");
    const HeldOperand list(operand("[1]"));
    pendingCalls = 0;
    Py_AddPendingCall(countPending, nullptr);
    EXPECT_EQ(outcome(callWith(nullptr, len, {list.give()})), "int 1");
    EXPECT_EQ(pendingCalls, 1);
    Py_AddPendingCall(raiseFromPending, nullptr);
    EXPECT_EQ(outcome(callWith(nullptr, iter, {list.give()})), "KeyError: 'pending'");
    EXPECT_EQ(list.excess(), 0);
}

TEST_F(CallsTest, TracingSwitchedOnByTheCallee) {
    PyObject* settrace = operand("__import__('sys').settrace");
    EXPECT_EQ(callWith(nullptr, settrace, {operand("lambda *_: None")}), nullptr);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    EXPECT_EQ(takeStashed(), Py_None);
    Py_DECREF(Py_None);

    // While tracing is on, compiled code is not entered.
    PyObject* function = define("def f(a):\n    return a * 2\n", localsBody);
    EXPECT_EQ(callWith(nullptr, function, {operand("21")}), nullptr);
    PyObject* result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(result), "int 42");
    EXPECT_EQ(entry_->runCount, 0u);
}

/// Runs it where half of the C stack's reserve is used up.
void onLowStack(const std::function<void()>& body) {
    const python::StackBounds bounds = python::stackBounds();
    auto* deep =
        static_cast<volatile char*>(__builtin_alloca(python::stackAddress() - bounds.low - bounds.reserve / 2));
    *deep = 1;
    body();
}

_PyFrameEvalFunction lowStackEvaluator;
PyObject* lookAtEvaluator(PyObject*, PyObject*) {
    lowStackEvaluator = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
    return PyLong_FromLong(lowStackActivations());
}
PyObject* ownEvaluator(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) {
    return _PyEval_EvalFrameDefault(ts, frame, throwflag);
}

TEST_F(CallsTest, OnALowStackTheInterpreterRunsWithoutTheHook) {
    static PyMethodDef look = {"look", lookAtEvaluator, METH_NOARGS, nullptr};
    PyObject* function = define("def f(look):\n    return look()\n", localsBody);
    setEvaluator(ownEvaluator);
    EXPECT_EQ(_PyInterpreterState_GetEvalFrameFunc(ts_->interp), ownEvaluator);

    EXPECT_FALSE(python::stackIsLow());
    onLowStack([&] {
        Py_INCREF(function);
        EXPECT_EQ(outcome(callWith(nullptr, function, {PyCFunction_New(&look, nullptr)})), "int 1");
        EXPECT_EQ(lowStackEvaluator, _PyEval_EvalFrameDefault);
    });
    // One activation that would take too much is interpreted; what it calls may be compiled.
    entry_->stackBytes = python::stackAddress() - python::stackBounds().low;
    EXPECT_EQ(outcome(callWith(nullptr, function, {PyCFunction_New(&look, nullptr)})), "int 0");
    EXPECT_EQ(lowStackEvaluator, ownEvaluator);
    EXPECT_EQ(_PyInterpreterState_GetEvalFrameFunc(ts_->interp), ownEvaluator);
    EXPECT_EQ(lowStackActivations(), 0);
    setEvaluator(_PyEval_EvalFrameDefault);
    EXPECT_EQ(_PyInterpreterState_GetEvalFrameFunc(ts_->interp), _PyEval_EvalFrameDefault);
}

/// Half of the reserve is for the interpreter, which recurses through C; not the last part.
TEST_F(CallsTest, WithoutCStackItIsARecursionError) {
    PyObject* function = define("def f(call):\n    return call(f, call)\n", localsBody);
    python::Ref<> call = python::makeCallable([](PyObject* arguments) {
        PyObject* rest = PyTuple_GetSlice(arguments, 1, PyTuple_GET_SIZE(arguments));
        PyObject* result = PyObject_Call(PyTuple_GET_ITEM(arguments, 0), rest, nullptr);
        Py_DECREF(rest);
        return result;
    });
    setEvaluator(activatingEvaluator);
    Py_SetRecursionLimit(1000000);
    reinterpret_cast<PyFunctionObject*>(function)->vectorcall = [](PyObject* callable, PyObject* const* arguments,
                                                                   size_t count, PyObject*) {
        std::vector<PyObject*> slots = {nullptr, Py_NewRef(callable)};
        for (Py_ssize_t i = 0; i < PyVectorcall_NARGS(count); i++) {
            slots.push_back(Py_NewRef(arguments[i]));
        }
        return callKnown(PyThreadState_Get(), nullptr, slots.data(), PyVectorcall_NARGS(count));
    };
    onLowStack([&] {
        EXPECT_EQ(outcome(callWith(nullptr, function, {call.release()})),
                  "RecursionError: maximum recursion depth exceeded: no C stack is left");
    });
    Py_SetRecursionLimit(1000);
    setEvaluator(_PyEval_EvalFrameDefault);
    recursion_ = ts_->recursion_remaining;
}

TEST_F(CallsTest, TheHookCanBeSwitchedOffOnALowStack) {
    static PyMethodDef switchOff = {"switch_off",
                                    [](PyObject*, PyObject*) {
                                        EXPECT_EQ(evaluatorInForce(), ownEvaluator);
                                        setEvaluator(_PyEval_EvalFrameDefault);
                                        EXPECT_EQ(evaluatorInForce(), _PyEval_EvalFrameDefault);
                                        Py_RETURN_NONE;
                                    },
                                    METH_NOARGS, nullptr};
    PyObject* function = define("def f(switch_off):\n    return switch_off()\n", localsBody);
    setEvaluator(ownEvaluator);
    onLowStack([&] { Py_XDECREF(callWith(nullptr, function, {PyCFunction_New(&switchOff, nullptr)})); });
    EXPECT_EQ(_PyInterpreterState_GetEvalFrameFunc(ts_->interp), _PyEval_EvalFrameDefault);
}

CodeEntry* promoted;
TEST_F(CallsTest, PromotionIsAskedForOnce) {
    PyObject* function = define("def f(a):\n    pass\n", localsBody);
    entry_->promoteAt = 2;
    const TieringHooks before = tieringHooks;
    promoted = nullptr;
    tieringHooks.promote = [](CodeEntry* entry, _PyInterpreterFrame*) {
        EXPECT_EQ(promoted, nullptr);
        promoted = entry;
        entry->attach(countingBody);
    };
    for (const char* expected : {"tuple ('a',)", "NoneType None", "NoneType None"}) {
        Py_INCREF(function);
        EXPECT_EQ(outcome(callWith(nullptr, function, {operand("'a'")})), expected);
    }
    EXPECT_EQ(promoted, entry_);
    tieringHooks = before;
    Py_DECREF(function);
}

}  // namespace
}  // namespace pyjion::runtime
