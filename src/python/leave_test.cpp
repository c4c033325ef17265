// SPDX-License-Identifier: MIT
// Each test runs a function twice: in the interpreter, and as a test activation that calls out where compiled code
// would and then leaves. What Python code can see must be the same.
#include "python/leave.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"
#include "python/test_activation.h"

namespace pyjion::python {
namespace {

// Binds `activate(function, operation, instruction, *arguments)`: runs the function as an activation whose instruction
// calls operation(*arguments) from compiled code. A failure is unwound; a result is pushed, and the interpreter goes
// on.
class Leave : public testing::Test {
  protected:
    void SetUp() override {
        ensureInterpreter();
        top_ = currentThread()->datastack_top;
        remaining_ = currentThread()->recursion_remaining;
        current_ = currentFrame(currentThread());
    }

    void TearDown() override {
        EXPECT_EQ(currentThread()->datastack_top, top_);
        EXPECT_EQ(currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(currentFrame(currentThread()), current_);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    static PyObject* activate(PyObject* all) {
        PyObject* function = PyTuple_GET_ITEM(all, 0);
        PyObject* operation = PyTuple_GET_ITEM(all, 1);
        const char* instruction = PyUnicode_AsUTF8(PyTuple_GET_ITEM(all, 2));
        auto arguments = Ref<>::steal(PyTuple_GetSlice(all, 3, PyTuple_GET_SIZE(all)));
        const int32_t index = indexOf(function, instruction);
        auto codes = Ref<>::create(PyFunction_GetCode(function));
        TestActivation activation(function, arguments.get());
        setRunning(activation.frame(), index);
        PyObject* result = PyObject_Call(operation, arguments.get(), nullptr);
        if (result == nullptr) {
            return activation.end(activation.afterUnwinding(unwindFrame(activation.ts(), activation.frame())));
        }
        activation.pushValue(result);
        setResumeAt(activation.frame(), index + (std::string(instruction) == "CALL" ? 5 : 2));
        return activation.end(resumeInInterpreter(activation.ts(), activation.frame()));
    }

    Ref<> prepared(const std::string& text) {
        auto names = runPython(text);
        auto callable = makeCallable(activate);
        PyDict_SetItemString(names.get(), "activate", callable.get());
        return names;
    }

    static std::string evaluated(const Ref<>& names, const char* expression) {
        return reprOf(evaluate(names, expression).get());
    }

    PyObject** top_ = nullptr;
    int remaining_ = 0;
    Frame* current_ = nullptr;
};

TEST_F(Leave, ResumedFramesReturnToTheirMaker) {
    auto names = prepared(
        "import operator\n"
        "def function(a, b):\n"
        "    c = a / b\n"
        "    return [c, a, b]\n");
    EXPECT_EQ(evaluated(names, "activate(function, operator.truediv, 'BINARY_OP', 6, 4)"), "[1.5, 6, 4]");
}

TEST_F(Leave, TracebacksAreTheInterpreters) {
    auto names = prepared(R"(
import operator, traceback
def function(a, b):
    c = 1
    return [c, (a /
                b)]
def caller(run, *arguments):
    try:
        run(*arguments)
    except ZeroDivisionError as e:
        return (traceback.format_exception(e), e.__traceback__.tb_next.tb_lasti, e.__traceback__.tb_next.tb_frame.f_locals,
                e.__traceback__.tb_next.tb_frame.f_back.f_code.co_name, e.__context__)
)");
    const std::string interpreted = evaluated(names, "(lambda r: (r[0], *r[1:]))(caller(function, 1, 0))");
    const std::string ours =
        evaluated(names, "(lambda r: (r[0], *r[1:]))(caller(activate, function, operator.truediv, 'BINARY_OP', 1, 0))");
    // The activation begins behind `c = 1`.
    std::string expected = interpreted;
    const size_t c = expected.find("'b': 0, 'c': 1");
    ASSERT_NE(c, std::string::npos) << expected;
    expected.replace(c, 14, "'b': 0");
    EXPECT_EQ(ours, expected);
    EXPECT_NE(ours.find("line 5"), std::string::npos) << ours;
}

TEST_F(Leave, HandlersOfTheFrameRun) {
    auto names = prepared(R"(
import operator, sys
def function(a, b):
    try:
        return a / b
    except ZeroDivisionError as e:
        return (type(e).__name__, e.__traceback__.tb_lineno, e.__traceback__.tb_next, sys.exc_info()[1] is e, a, b)
    finally:
        a = 2
)");
    EXPECT_EQ(evaluated(names, "activate(function, operator.truediv, 'BINARY_OP', 1, 0)"),
              evaluated(names, "function(1, 0)"));
}

TEST_F(Leave, HandlersThatDoNotMatchRaiseOn) {
    auto names = prepared(R"(
import operator, traceback
def function(a, b):
    try:
        return a / b
    except KeyError:
        return 0
def caller(run, *arguments):
    try:
        run(*arguments)
    except ZeroDivisionError as e:
        return traceback.format_exception(e)
)");
    const std::string interpreted = evaluated(names, "caller(function, 1, 0)");
    EXPECT_EQ(evaluated(names, "caller(activate, function, operator.truediv, 'BINARY_OP', 1, 0)"), interpreted);
}

// The handler of a `with` statement gets the index of the raising instruction below the exception.
TEST_F(Leave, WithStatementsSeeTheExceptionAndTheirStack) {
    auto names = runPython(R"(
class Context:
    def __enter__(self): return self
    def __exit__(self, type, value, traceback):
        self.seen = (type.__name__, str(value), traceback.tb_lineno)
        return True
context = Context()
def function(context):
    with context:
        1 / 0
    return context.seen
expected = function(context)
)");
    auto function = evaluate(names, "function");
    auto context = evaluate(names, "context");
    auto arguments = Ref<>::steal(PyTuple_Pack(1, context.get()));
    auto divide = evaluate(names, "lambda: 1 / 0");
    TestActivation activation(function.get(), arguments.get());
    activation.pushValue(PyObject_GetAttrString(context.get(), "__exit__"));
    setRunning(activation.frame(), indexOf(function.get(), "BINARY_OP"));
    activation.pushValue(PyLong_FromLong(1000000));  // something that the handler does not keep
    PyErr_SetString(PyExc_ZeroDivisionError, "division by zero");
    auto result =
        Ref<>::steal(activation.end(activation.afterUnwinding(unwindFrame(activation.ts(), activation.frame()))));
    auto expected = evaluate(names, "expected");
    EXPECT_EQ(reprOf(result.get()), reprOf(expected.get()));
}

TEST_F(Leave, ReraisedExceptionsGetNoSecondEntry) {
    auto names = runPython("def function():\n    raise\n");
    auto function = evaluate(names, "function");
    auto none = Ref<>::steal(PyTuple_New(0));
    TestActivation activation(function.get(), none.get());
    const int32_t index = indexOf(function.get(), "RAISE_VARARGS");
    setRunning(activation.frame(), index);
    PyErr_SetString(PyExc_KeyError, "again");
    EXPECT_FALSE(unwindReraised(activation.ts(), activation.frame(), std::nullopt));
    activation.end(nullptr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    EXPECT_EQ(type, PyExc_KeyError);
    EXPECT_EQ(traceback, nullptr);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

TEST_F(Leave, HandlersAreToldTheIndexThatTheFrameNames) {
    auto names = runPython("def function():\n    return 1\n");
    auto function = evaluate(names, "function");
    auto none = Ref<>::steal(PyTuple_New(0));
    TestActivation activation(function.get(), none.get());
    setRunning(activation.frame(), 1);
    activation.pushValue(Py_NewRef(Py_None));
    activation.pushValue(Py_NewRef(Py_True));
    PyErr_SetString(PyExc_KeyError, "again");
    EXPECT_TRUE(unwindReraised(activation.ts(), activation.frame(), ExceptionEntry{0, 9, 2, 0, true}));
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    EXPECT_EQ(resumeIndex(activation.frame()), 2);
    ASSERT_EQ(depth(activation.frame()), 2);
    EXPECT_EQ(reprOf(stackBase(activation.frame())[0]), "1");
    EXPECT_EQ(reprOf(stackBase(activation.frame())[1]), "KeyError('again')");
    finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
}

TEST_F(Leave, ValuesOnTheStackAreReleasedAfterTheTraceback) {
    auto names = prepared(R"(
log = []
class Noisy:
    def __del__(self): log.append('released')
def function(a):
    return [Noisy(), a / 0]
)");
    auto function = evaluate(names, "function");
    auto arguments = Ref<>::steal(Py_BuildValue("(i)", 1));
    auto noisy = evaluate(names, "Noisy()");
    TestActivation activation(function.get(), arguments.get());
    setRunning(activation.frame(), indexOf(function.get(), "BINARY_OP"));
    activation.pushValue(noisy.release());
    PyErr_SetString(PyExc_ZeroDivisionError, "x");
    EXPECT_FALSE(unwindFrame(activation.ts(), activation.frame()));
    EXPECT_EQ(depth(activation.frame()), 0);
    activation.end(nullptr);
    EXPECT_TRUE(PyErr_ExceptionMatches(PyExc_ZeroDivisionError));
    PyErr_Clear();
    EXPECT_EQ(evaluated(names, "log"), "['released']");
}

constexpr const char* kTraced = R"(
import sys
events = []
def describe(frame, event, argument):
    if event == 'exception':
        argument = argument[0].__name__, str(argument[1]), argument[2].tb_lineno
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, argument))
def tracer(frame, event, argument):
    if frame.f_code.co_name in ('function', 'inner'):
        describe(frame, event, argument)
    return tracer
def profiler(frame, event, argument):
    if frame.f_code.co_name == 'function' and event in ('call', 'return'):
        describe(frame, event, argument)
def trace_and_divide(a, b):
    install()
    return a / b
def install():
    sys._getframe(2).f_trace = tracer
    sys.settrace(tracer)
def profile_and_divide(a, b):
    sys.setprofile(profiler)
    return a / b
def failing_tracer(frame, event, argument):
    if event == chosen:
        raise LookupError('tracer failed at ' + event)
    return failing_tracer
def fail_and_divide(a, b):
    sys._getframe(1).f_trace = failing_tracer
    sys.settrace(failing_tracer)
    return a / b
def inner():
    pass
def function(a, b, operation):
    operation(a, b)
    inner()
    return 'end'
def handling(a, b, operation):
    try:
        operation(a, b)
    except ZeroDivisionError:
        inner()
        return 'handled'
handling.__code__ = handling.__code__.replace(co_name='function')
def record(run, *arguments):
    events.clear()
    result = None
    try:
        result = run(*arguments)
    except Exception as e:
        result = repr(e), repr(e.__context__)
    finally:
        sys.settrace(None)
        sys.setprofile(None)
    return result, list(events)
def inverted(operation):
    return lambda a, b, c: operation(a, b)
)";

class LeaveTraced : public Leave {
  protected:
    // Runs `function` both ways, its CALL being operation(a, b).
    void expectSameEvents(const char* function, const char* operation, const char* divisor,
                          const char* chosen = "None") {
        auto names = prepared(kTraced);
        auto event = evaluate(names, chosen);
        PyDict_SetItemString(names.get(), "chosen", event.get());
        // The frame that is traced is one further up below a native operation's wrapper than below a plain call.
        const std::string arguments = std::string("1, ") + divisor + ", " + operation;
        auto interpreted = evaluate(names, std::string("record(") + function + ", " + arguments + ")");
        auto native = makeCallable([](PyObject* all) {
            auto pair = Ref<>::steal(PyTuple_GetSlice(all, 0, 2));
            return PyObject_Call(PyTuple_GET_ITEM(all, 2), pair.get(), nullptr);
        });
        PyDict_SetItemString(names.get(), "native", native.get());
        auto ours =
            evaluate(names, std::string("record(activate, ") + function + ", native, 'CALL', " + arguments + ")");
        EXPECT_EQ(reprOf(ours.get()), reprOf(interpreted.get()));
        EXPECT_GT(PyList_GET_SIZE(PyTuple_GET_ITEM(ours.get(), 1)), minimum_) << reprOf(ours.get());
    }

    Py_ssize_t minimum_ = 1;
};

TEST_F(LeaveTraced, TracerInstalledByACalleeThatReturns) {
    expectSameEvents("function", "trace_and_divide", "1");
}
TEST_F(LeaveTraced, TracerInstalledByACalleeThatRaises) {
    expectSameEvents("function", "trace_and_divide", "0");
}
TEST_F(LeaveTraced, TracerInstalledByACalleeWhoseErrorIsHandled) {
    expectSameEvents("handling", "trace_and_divide", "0");
}
TEST_F(LeaveTraced, ProfilerInstalledByACalleeThatReturns) {
    minimum_ = 0;
    expectSameEvents("function", "profile_and_divide", "1");
}
TEST_F(LeaveTraced, ProfilerInstalledByACalleeThatRaises) {
    minimum_ = 0;
    expectSameEvents("function", "profile_and_divide", "0");
}
TEST_F(LeaveTraced, TracerThatFailsAtTheException) {
    minimum_ = -1;
    expectSameEvents("function", "fail_and_divide", "0", "'exception'");
}
TEST_F(LeaveTraced, TracerThatFailsAtTheReturn) {
    minimum_ = -1;
    expectSameEvents("function", "fail_and_divide", "0", "'return'");
}

}  // namespace
}  // namespace pyjion::python
