// SPDX-License-Identifier: MIT
#include "python/frame.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"
#include "python/test_activation.h"

namespace pyjion::python {
namespace {

TEST(Frame, PushAndClearKeepReferencesBalanced) {
    auto names = runPython("def function(a, b):\n    c = a\n    return c\n");
    auto function = evaluate(names, "function");
    auto value = evaluate(names, "['value']");
    PyThreadState* ts = currentThread();
    PyObject** top = ts->datastack_top;
    const Py_ssize_t functionReferences = Py_REFCNT(function.get());
    PyObject* codeObject = PyFunction_GetCode(function.get());
    const Py_ssize_t codeReferences = Py_REFCNT(codeObject);

    Frame* frame = push(ts, reinterpret_cast<PyFunctionObject*>(function.get()), 2);
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(ts->datastack_top - top, static_cast<ptrdiff_t>(sizeInWords(code(frame))));
    EXPECT_EQ(code(frame), reinterpret_cast<PyCodeObject*>(codeObject));
    EXPECT_EQ(depth(frame), 0);
    EXPECT_EQ(resumeIndex(frame), 0);
    EXPECT_TRUE(isIncomplete(frame));
    EXPECT_EQ(local(frame, 2), nullptr);
    local(frame, 0) = Py_NewRef(value.get());
    local(frame, 1) = Py_NewRef(value.get());
    stackBase(frame)[0] = Py_NewRef(value.get());
    setDepth(frame, 1);
    EXPECT_EQ(Py_REFCNT(value.get()), 4);

    clearAndPop(ts, frame);
    EXPECT_EQ(ts->datastack_top, top);
    EXPECT_EQ(Py_REFCNT(value.get()), 1);
    EXPECT_EQ(Py_REFCNT(function.get()), functionReferences);
    EXPECT_EQ(Py_REFCNT(codeObject), codeReferences);
}

TEST(Frame, PushWithoutRoomGivesNothingAndTakesNothing) {
    auto names = runPython("def function(a, b):\n    return a\n");
    auto function = evaluate(names, "function");
    PyThreadState* ts = currentThread();
    PyObject** limit = ts->datastack_limit;
    PyObject** top = ts->datastack_top;
    const Py_ssize_t references = Py_REFCNT(function.get());
    auto* functionObject = reinterpret_cast<PyFunctionObject*>(function.get());
    ts->datastack_limit = top + sizeInWords(reinterpret_cast<PyCodeObject*>(functionObject->func_code));
    Frame* frame = push(ts, functionObject, 2);
    ts->datastack_limit = limit;
    EXPECT_EQ(frame, nullptr);
    EXPECT_EQ(ts->datastack_top, top);
    EXPECT_EQ(Py_REFCNT(function.get()), references);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
}

TEST(Frame, PositionsAreWhatTheInterpreterReports) {
    auto names = runPython(
        "import sys\n"
        "def look():\n"
        "    frame = sys._getframe(1)\n"
        "    return frame.f_code.co_name, frame.f_lasti, frame.f_lineno\n"
        "def function():\n"
        "    look()\n"
        "    return 1\n");
    auto function = evaluate(names, "function");
    auto look = evaluate(names, "look");
    auto none = Ref<>::steal(PyTuple_New(0));
    TestActivation activation(function.get(), none.get());
    const int32_t call = indexOf(function.get(), "CALL");
    setRunning(activation.frame(), call);
    EXPECT_EQ(runningIndex(activation.frame()), call);
    auto seen = Ref<>::steal(PyObject_CallNoArgs(look.get()));
    EXPECT_EQ(reprOf(seen.get()), "('function', " + std::to_string(call * 2) + ", 6)");
    setResumeAt(activation.frame(), indexOf(function.get(), "LOAD_CONST"));
    EXPECT_EQ(resumeIndex(activation.frame()), indexOf(function.get(), "LOAD_CONST"));
    finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
}

// The frames of a chain outer() -> (native) -> activation of kept(); kept's frame object is stored by `keep`.
class SurvivingFrame : public testing::Test {
  protected:
    void SetUp() override {
        names_ = runPython(
            "import sys, gc, weakref\n"
            "frames = []\n"
            "def keep():\n"
            "    frames.append(sys._getframe(1))\n"
            "def kept(a, b):\n"
            "    c = 3\n"
            "    keep()\n"
            "    return c\n"
            "def outer(native):\n"
            "    return native()\n");
        auto native = makeCallable([this](PyObject*) { return runKept(); });
        PyDict_SetItemString(names_.get(), "native", native.get());
        auto result = evaluate(names_, "outer(native)");
        ASSERT_TRUE(result);
    }

    PyObject* runKept() {
        auto kept = evaluate(names_, "kept");
        auto keep = evaluate(names_, "keep");
        auto arguments = Ref<>::steal(Py_BuildValue("(is)", 1, "two"));
        PyObject** top = currentThread()->datastack_top;
        const int remaining = currentThread()->recursion_remaining;
        TestActivation activation(kept.get(), arguments.get());
        setRunning(activation.frame(), indexOf(kept.get(), "CALL"));
        auto result = Ref<>::steal(PyObject_CallNoArgs(keep.get()));
        EXPECT_TRUE(result);
        finishFrame(activation.ts(), activation.frame());
        activation.end(nullptr);
        EXPECT_EQ(currentThread()->datastack_top, top);
        EXPECT_EQ(currentThread()->recursion_remaining, remaining);
        return Py_NewRef(Py_None);
    }

    std::string evaluated(const char* expression) { return reprOf(evaluate(names_, expression).get()); }

    Ref<> names_;
};

TEST_F(SurvivingFrame, KeepsLocalsPositionAndCaller) {
    EXPECT_EQ(evaluated("frames[0].f_locals"), "{'a': 1, 'b': 'two'}");
    EXPECT_EQ(evaluated("frames[0].f_lineno"), "7");
    EXPECT_EQ(evaluated("frames[0].f_code is kept.__code__"), "True");
    EXPECT_EQ(evaluated("frames[0].f_back.f_code is outer.__code__"), "True");
    EXPECT_EQ(evaluated("frames[0].f_back.f_locals['native'] is native"), "True");
    EXPECT_EQ(evaluated("gc.is_tracked(frames[0])"), "True");
}

TEST_F(SurvivingFrame, CanBeCleared) {
    EXPECT_EQ(evaluated("(frames[0].clear(), frames[0].f_locals)"), "(None, {})");
}

TEST_F(SurvivingFrame, IsCollectedInACycle) {
    EXPECT_EQ(evaluated("(frames[0].f_locals.update(me=frames[0]), frames.clear(), gc.collect() > 0)"),
              "(None, None, True)");
}

TEST(Frame, UnsharedFrameObjectDiesWithItsFrame) {
    auto names = runPython(
        "import sys\n"
        "def look():\n"
        "    return sys._getframe(1).f_locals\n"
        "def function(a):\n"
        "    return look()\n");
    auto function = evaluate(names, "function");
    auto look = evaluate(names, "look");
    auto value = evaluate(names, "['value']");
    auto arguments = Ref<>::steal(PyTuple_Pack(1, value.get()));
    TestActivation activation(function.get(), arguments.get());
    auto locals = Ref<>::steal(PyObject_CallNoArgs(look.get()));
    EXPECT_EQ(reprOf(locals.get()), "{'a': ['value']}");
    finishFrame(activation.ts(), activation.frame());
    EXPECT_NE(existingFrameObject(activation.frame()), nullptr);
    activation.end(nullptr);
    locals.reset();
    EXPECT_EQ(Py_REFCNT(value.get()), 2);  // ours and the tuple's
}

TEST(Frame, CurrentFrameObjectKeepsTheExceptionThatIsSet) {
    auto names = runPython("def function():\n    pass\n");
    auto function = evaluate(names, "function");
    auto none = Ref<>::steal(PyTuple_New(0));
    TestActivation activation(function.get(), none.get());
    PyErr_SetString(PyExc_KeyError, "kept");
    PyFrameObject* object = currentFrameObject(activation.ts(), activation.frame());
    EXPECT_EQ(object, existingFrameObject(activation.frame()));
    EXPECT_TRUE(PyErr_ExceptionMatches(PyExc_KeyError));
    PyErr_Clear();
    Py_XDECREF(reinterpret_cast<PyObject*>(object));
    finishFrame(activation.ts(), activation.frame());
    activation.end(nullptr);
}

}  // namespace
}  // namespace pyjion::python
