// SPDX-License-Identifier: MIT
// Functions run in the interpreter; at a back-edge a pending call takes a frame over, and a body in C++ plays the part
// of compiled code. What Python sees must be what it sees without.
#include "python/takeover.h"

#include <gtest/gtest.h>
#include <opcode.h>

#include <functional>
#include <map>
#include <vector>

#include "python/embedded_interpreter.h"
#include "python/leave.h"
#include "python/test_activation.h"

namespace pyjion::python {
namespace {

using Body = std::function<PyObject*(PyThreadState*, Frame*)>;

/// What the next takeover does, and where.
struct Plan {
    PyCodeObject* code = nullptr;
    std::map<int32_t, int32_t> depths;  // of the value stack at loop headers, by the back-edge's index
    int32_t left = 0;                   // takeovers still to be made
    int32_t made = 0;
    Body body;
};
Plan plan;

PyObject* runBody(PyThreadState* ts, Frame* frame, const BackEdge& edge, void*) {
    EXPECT_EQ(backwardJump(frame), edge.jump);
    setResumeAt(frame, edge.header);
    return plan.body(ts, frame);
}

int takeOverAtBackEdge(void*) {
    PyThreadState* ts = currentThread();
    Frame* frame = currentFrame(ts);
    if (plan.left == 0) {
        return 0;
    }
    Py_AddPendingCall(takeOverAtBackEdge, nullptr);
    if (frame == nullptr || code(frame) != plan.code || !isInterpreted(frame)) {
        return 0;
    }
    const std::optional<int32_t> jump = backwardJump(frame);
    auto found = jump ? plan.depths.find(*jump) : plan.depths.end();
    if (found == plan.depths.end()) {
        return 0;
    }
    const BackEdge edge{*jump, *jump + 1 - (firstInstruction(code(frame))[*jump] >> 8), found->second};
    if (!takeOver(frame, edge, runBody, nullptr)) {
        return 0;
    }
    plan.left--;
    plan.made++;
    return -1;
}

class Takeover : public testing::Test {
  protected:
    void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
        GTEST_SKIP() << "AddressSanitizer's allocator reserves all address space in reach of code objects (CodeUnits)";
#endif
        ensureInterpreter();
        remaining_ = currentThread()->recursion_remaining;
        current_ = currentFrame(currentThread());
    }

    void TearDown() override {
        if (IsSkipped()) {
            return;
        }
        plan = {};
        Py_MakePendingCalls();
        EXPECT_EQ(currentThread()->recursion_remaining, remaining_);
        EXPECT_EQ(currentFrame(currentThread()), current_);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    /// Evaluates an expression while `function` is taken over `times` times, in loops at whose headers the value stack
    /// has so many values: by the loop's back-edge, in the order of the code.
    std::string taken(const Ref<>& names, std::vector<int32_t> depths, int32_t times, Body body, const char* expression,
                      const char* jump = "JUMP_BACKWARD") {
        auto callable = evaluate(names, "function");
        auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(callable.get()));
        auto table = Ref<>::create(code->co_exceptiontable);
        plan = {code, {}, times, 0, std::move(body)};
        for (size_t i = 0; i < depths.size(); ++i) {
            plan.depths[indexOf(callable.get(), jump, static_cast<int>(i))] = depths[i];
        }
        Py_AddPendingCall(takeOverAtBackEdge, nullptr);
        std::string result = reprOf(evaluate(names, expression).get());
        EXPECT_EQ(code->co_exceptiontable, table.get());
        return result;
    }

    static PyObject* goOn(PyThreadState*, Frame* frame) {
        return giveBack(frame);
    }

    /// Goes on at a call of out.append(value), out being local 1, in a loop with one value on the stack: as of a
    /// method, or of a bound one.
    static Body append(int32_t precall, const Ref<>& value, bool isMethod) {
        return [precall, &value, isMethod](PyThreadState*, Frame* frame) {
            PyObject* out = local(frame, 1);
            PyObject* owner = isMethod ? reinterpret_cast<PyObject*>(Py_TYPE(out)) : out;
            PyObject* callable = PyObject_GetAttrString(owner, "append");
            stackBase(frame)[1] = isMethod ? callable : nullptr;
            stackBase(frame)[2] = isMethod ? Py_NewRef(out) : callable;
            stackBase(frame)[3] = Py_NewRef(value.get());
            setDepth(frame, 4);
            setResumeAt(frame, precall);
            return giveBack(frame);
        };
    }

    int remaining_ = 0;
    Frame* current_ = nullptr;
};

constexpr const char* kLoop = R"(
def function(n):
    total = 0
    for i in range(n):
        total += i
    return total
)";

TEST_F(Takeover, GoesOnWhereItWas) {
    auto names = runPython(kLoop);
    EXPECT_EQ(taken(names, {1}, 500, goOn, "function(1000)"), "499500");
    EXPECT_EQ(plan.made, 500);
}

TEST_F(Takeover, HoldsNothingTooMuchOrTooLittle) {
    auto names = runPython(R"(
import sys
def function(n, iterable):
    for i in iterable:
        pass
    return sys.getrefcount(iterable)
)");
    const std::string expected = reprOf(evaluate(names, "function(10, [object()] * 10)").get());
    EXPECT_EQ(taken(names, {1}, 8, goOn, "function(10, [object()] * 10)"), expected);
    EXPECT_EQ(plan.made, 8);
}

TEST_F(Takeover, NoFrameObjectIsMade) {
    auto names = runPython(kLoop);
    PyFrameObject* seen = nullptr;
    auto look = [&seen](PyThreadState*, Frame* frame) {
        seen = existingFrameObject(frame);
        return giveBack(frame);
    };
    taken(names, {1}, 1, look, "function(1000)");
    EXPECT_EQ(plan.made, 1);
    EXPECT_EQ(seen, nullptr);
}

TEST_F(Takeover, ReturnsForTheInterpreter) {
    auto names = runPython(kLoop);
    auto finish = [](PyThreadState*, Frame* frame) {
        Py_CLEAR(stackBase(frame)[0]);
        setDepth(frame, 0);
        return PyUnicode_FromString("done");
    };
    EXPECT_EQ(taken(names, {1}, 1, finish, "[function(1000)]"), "['done']");
}

TEST_F(Takeover, DropsAndPushesValues) {
    auto names = runPython(R"(
def function(n):
    out = []
    for i in range(n):
        out.append((i, [i, n, 'x']))
    return out
)");
    // Behind LOAD_METHOD, two values lie on the iterator; behind the loop, the iterator is gone as well.
    auto function = evaluate(names, "function");
    const int32_t behind = indexOf(function.get(), "LOAD_FAST", 5);
    auto leaveLoop = [behind](PyThreadState*, Frame* frame) {
        Py_CLEAR(stackBase(frame)[0]);
        setDepth(frame, 0);
        setResumeAt(frame, behind);
        return giveBack(frame);
    };
    EXPECT_EQ(taken(names, {1}, 1, leaveLoop, "len(function(1000)) < 1000"), "True");
    const int32_t precall = indexOf(function.get(), "PRECALL", 1);
    auto value = evaluate(names, "[None]");
    EXPECT_EQ(taken(names, {1}, 3, append(precall, value, true), "function(1000).count([None])"), "3");
    EXPECT_EQ(plan.made, 3);
    EXPECT_EQ(taken(names, {1}, 3, append(precall, value, false), "function(1000).count([None])"), "3");
}

TEST_F(Takeover, PushedValuesKeepTheirCount) {
    auto names = runPython(R"(
import sys
def function(n):
    out = []
    for i in range(n):
        out.append(i)
    return sys.getrefcount(out), out.count(None)
)");
    auto function = evaluate(names, "function");
    const int32_t precall = indexOf(function.get(), "PRECALL", 1);
    const auto none = Ref<>::create(Py_None);
    EXPECT_EQ(taken(names, {1}, 5, append(precall, none, true), "function(1000)"), "(2, 5)");
}

TEST_F(Takeover, RaisesForTheInterpreter) {
    auto names = runPython(R"(
import traceback
def function(n):
    for i in range(n):
        pass
    return 1 / n
def outer(n):
    try:
        return function(n)
    except ZeroDivisionError as error:
        return traceback.extract_tb(error.__traceback__)[-1].lineno, len(traceback.extract_tb(error.__traceback__))
)");
    auto function = evaluate(names, "function");
    const int32_t division = indexOf(function.get(), "BINARY_OP");
    auto raise = [division](PyThreadState* ts, Frame* frame) -> PyObject* {
        setRunning(frame, division);
        PyErr_SetString(PyExc_ZeroDivisionError, "here");
        EXPECT_FALSE(unwindFrame(ts, frame));
        return nullptr;
    };
    EXPECT_EQ(taken(names, {1}, 1, raise, "outer(1000)"), "(6, 2)");
    EXPECT_EQ(plan.made, 1);
}

TEST_F(Takeover, WorksInsideHandlersAndWith) {
    auto names = runPython(R"(
import sys
class Manager:
    def __init__(self, log):
        self.log = log
    def __enter__(self):
        self.log.append('enter')
    def __exit__(self, *what):
        self.log.append(what[0].__name__ if what[0] else 'exit')
        return True
def function(n):
    log = []
    total = 0
    try:
        raise KeyError
    except KeyError:
        for i in range(n):
            total += i
        log.append(sys.exc_info()[0].__name__)
    try:
        with Manager(log):
            for i in range(n):
                total += i
            1 / 0
    finally:
        for i in range(n):
            total += i
        log.append('finally')
    return total, log, sys.exc_info()[0]
)");
    const std::string expected = "(1498500, ['KeyError', 'enter', 'ZeroDivisionError', 'finally'], None)";
    EXPECT_EQ(reprOf(evaluate(names, "function(1000)").get()), expected);
    // In the handler the exception that was current before lies below the iterator; in the with block, __exit__ does.
    EXPECT_EQ(taken(names, {2, 2, 1, 1}, 2500, goOn, "function(1000)"), expected);
    EXPECT_EQ(plan.made, 2500);
}

TEST_F(Takeover, WorksInGenerators) {
    auto names = runPython(R"(
def function(n):
    try:
        for outer in range(3):
            total = 0
            for i in range(n):
                total += i
            yield total
    finally:
        yield 'end'
)");
    EXPECT_EQ(taken(names, {2, 1}, 1600, goOn, "list(function(1000))"), "[499500, 499500, 499500, 'end']");
    EXPECT_EQ(plan.made, 1600);
}

TEST_F(Takeover, AForeignExceptionTableIsKept) {
    auto names = runPython(R"(
def function(n):
    caught = 0
    for i in range(n):
        try:
            if i % 7 == 3:
                raise ValueError(i)
        except ValueError as error:
            caught += error.args[0]
    return caught
)");
    const std::string expected = reprOf(evaluate(names, "function(1000)").get());
    EXPECT_EQ(taken(names, {1, 1}, 900, goOn, "function(1000)"), expected);
    EXPECT_EQ(plan.made, 900);
}

TEST_F(Takeover, AComparisonMayHaveJumped) {
    auto names = runPython(R"(
def function(n):
    total = 0
    while n > 0:
        total += n
        n -= 1
    return total
)");
    perform(names, "[function(100) for _ in range(10)]");
    EXPECT_EQ(taken(names, {0}, 900, goOn, "function(1000)", "POP_JUMP_BACKWARD_IF_TRUE"), "500500");
    EXPECT_EQ(plan.made, 900);
}

TEST_F(Takeover, IsRefusedWithoutRoom) {
    auto names = runPython("def function(a):\n    while a: pass\n");
    auto function = evaluate(names, "function");
    auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(function.get()));
    ASSERT_EQ(code->co_stacksize, 1);
    TestActivation activation(function.get(), Ref<>::steal(Py_BuildValue("(O)", Py_None)).get());
    EXPECT_FALSE(takeOver(activation.frame(), {5, 1, 0}, runBody, nullptr));
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
}

}  // namespace
}  // namespace pyjion::python
