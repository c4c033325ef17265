// SPDX-License-Identifier: MIT
// Exceptions by helpers against what `raise`, `except` and `with` do: results, errors, references.
#include "runtime/exceptions.h"

#include <gtest/gtest.h>

#include "python/thread.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;
using python::evaluate;
using python::Ref;
using python::reprOf;

class Exceptions : public ::testing::Test {
  protected:
    void SetUp() override {
        names_ = python::runPython(R"(
class MadeOfNothing(Exception):
    def __new__(cls):
        return 5
class Fails(Exception):
    def __init__(self):
        raise KeyError('in constructor')
class Manager:
    def __enter__(self): return 'entered'
    def __exit__(self, kind, value, traceback): return (kind.__name__, str(value), traceback is None)
class OnlyEnter:
    def __enter__(self): pass
class OnlyAsyncEnter:
    def __aenter__(self): pass
class BadSplit(ExceptionGroup):
    def split(self, kind): return 5
)");
        ts_ = python::currentThread();
        handled_ = ts_->exc_info->exc_value;
    }
    void TearDown() override {
        EXPECT_EQ(ts_->exc_info->exc_value, handled_);
        EXPECT_EQ(deopt::stashedResult, nullptr);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
    }

    PyObject* make(const char* expression) { return evaluate(names_, expression).release(); }

    std::string raised(const char* exception, const char* cause = nullptr) {
        raiseException(make(exception), cause != nullptr ? make(cause) : nullptr);
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        auto why = Ref<>::steal(PyException_GetCause(value));
        std::string text = reprOf(value) + (why ? " from " + reprOf(why.get()) : "");
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return text;
    }

    Ref<> names_;
    PyThreadState* ts_ = nullptr;
    PyObject* handled_ = nullptr;
};

TEST_F(Exceptions, RaisedInstancesAndClasses) {
    EXPECT_EQ(raised("ValueError('a')"), "ValueError('a')");
    EXPECT_EQ(raised("ValueError"), "ValueError()");
    EXPECT_EQ(raised("ValueError", "KeyError"), "ValueError() from KeyError()");
    EXPECT_EQ(raised("ValueError", "KeyError(1)"), "ValueError() from KeyError(1)");
    EXPECT_EQ(raised("ValueError", "None"), "ValueError()");
    EXPECT_EQ(raised("ValueError", "5"), "TypeError('exception causes must derive from BaseException')");
    EXPECT_EQ(raised("ValueError", "Fails"), "KeyError('in constructor')");
    EXPECT_EQ(raised("5"), "TypeError('exceptions must derive from BaseException')");
    EXPECT_EQ(raised("5", "KeyError"), "TypeError('exceptions must derive from BaseException')");
    EXPECT_EQ(raised("Fails"), "KeyError('in constructor')");
    EXPECT_EQ(raised("MadeOfNothing"),
              "TypeError(\"calling <class '__test__.MadeOfNothing'> should have returned an instance of "
              "BaseException, not <class 'int'>\")");
}

TEST_F(Exceptions, RaisingConsumesItsOperands) {
    const HeldOperand exception(make("ValueError('a')"));
    const HeldOperand cause(make("KeyError('b')"));
    raiseException(exception.give(), cause.give());
    PyErr_Clear();
    PyException_SetCause(exception.get(), nullptr);
    EXPECT_EQ(exception.excess(), 0);
    EXPECT_EQ(cause.excess(), 0);
    const HeldOperand nonsense(make("[5]"));
    raiseException(exception.give(), nonsense.give());
    PyErr_Clear();
    EXPECT_EQ(exception.excess(), 0);
    EXPECT_EQ(nonsense.excess(), 0);
}

TEST_F(Exceptions, HandledExceptionsAreStacked) {
    const HeldOperand outer(make("ValueError('outer')"));
    const HeldOperand inner(make("KeyError('inner')"));
    PyObject* before = pushExcInfo(ts_, outer.give());
    EXPECT_EQ(before, handled_ != nullptr ? handled_ : Py_None);
    EXPECT_EQ(pushExcInfo(ts_, inner.give()), outer.get());
    EXPECT_EQ(raiseHandled(ts_), 1);
    EXPECT_TRUE(PyErr_ExceptionMatches(PyExc_KeyError));
    PyErr_Clear();
    EXPECT_EQ(popExcept(ts_, outer.get()), 0);
    EXPECT_EQ(inner.excess(), 0);
    EXPECT_EQ(popExcept(ts_, Py_NewRef(Py_None)), 0);
    EXPECT_EQ(outer.excess(), 0);
    EXPECT_EQ(raiseHandled(ts_), 0);
    EXPECT_EQ(outcome(nullptr), "RuntimeError: No active exception to reraise");
    Py_XSETREF(ts_->exc_info->exc_value, Py_XNewRef(handled_));
    Py_DECREF(before);
}

TEST_F(Exceptions, WhatIsCaught) {
    const HeldOperand exception(make("KeyError(1)"));
    for (const auto& [type, expected] : {std::pair("KeyError", "bool True"),
                                         {"LookupError", "bool True"},
                                         {"ValueError", "bool False"},
                                         {"(ValueError, KeyError)", "bool True"},
                                         {"()", "bool False"}}) {
        EXPECT_EQ(outcome(checkExcMatch(exception.get(), make(type))), expected) << type;
    }
    for (const char* type : {"5", "int", "(ValueError, 5)", "((ValueError,),)"}) {
        const HeldOperand held(make(type));
        EXPECT_EQ(outcome(checkExcMatch(exception.get(), held.give())),
                  "TypeError: catching classes that do not inherit from BaseException is not allowed");
        EXPECT_EQ(held.excess(), 0);
    }
    EXPECT_EQ(exception.excess(), 0);
}

TEST_F(Exceptions, LoopsOverAsyncIteratorsEnd) {
    EXPECT_EQ(endAsyncFor(make("StopAsyncIteration()")), 0);
    EXPECT_EQ(endAsyncFor(make("KeyError('no end')")), -1);
    EXPECT_EQ(outcome(nullptr), "KeyError: 'no end'");
}

TEST_F(Exceptions, ContextsAreLookedUpInTheClass) {
    const HeldOperand manager(make("Manager()"));
    PyObject* enter = nullptr;
    auto exitMethod = Ref<>::steal(lookUpContext(manager.give(), 0, &enter));
    EXPECT_EQ(outcome(callNoArguments(ts_, enter)), "str 'entered'");
    auto exception = evaluate(names_, "KeyError(7)");
    EXPECT_EQ(outcome(withExceptStart(ts_, exitMethod.get(), exception.get())), "tuple ('KeyError', '7', True)");
    exitMethod.reset();
    EXPECT_EQ(manager.excess(), 0);
    const std::pair<const char*, const char*> failing[] = {
        {"5", "TypeError: 'int' object does not support the context manager protocol"},
        {"OnlyEnter()",
         "TypeError: 'OnlyEnter' object does not support the context manager protocol (missed __exit__ method)"}};
    for (const auto& [expression, error] : failing) {
        EXPECT_EQ(outcome(lookUpContext(make(expression), 0, &enter)), error);
    }
    EXPECT_EQ(outcome(lookUpContext(manager.give(), 1, &enter)),
              "TypeError: 'Manager' object does not support the asynchronous context manager protocol");
    EXPECT_EQ(outcome(lookUpContext(make("OnlyAsyncEnter()"), 1, &enter)),
              "TypeError: 'OnlyAsyncEnter' object does not support the asynchronous context manager protocol (missed "
              "__aexit__ method)");
    EXPECT_EQ(manager.excess(), 0);
}

TEST_F(Exceptions, GroupsAreSplit) {
    PyObject* rest = nullptr;
    auto match = Ref<>::steal(
        checkGroupMatch(make("ExceptionGroup('g', [ValueError(1), KeyError(2)])"), make("ValueError"), &rest));
    EXPECT_EQ(reprOf(match.get()), "ExceptionGroup('g', [ValueError(1)])");
    EXPECT_EQ(ts_->exc_info->exc_value, match.get());
    EXPECT_EQ(reprOf(rest), "ExceptionGroup('g', [KeyError(2)])");
    Py_DECREF(rest);
    match = Ref<>::steal(checkGroupMatch(make("ValueError(1)"), make("ValueError"), &rest));
    EXPECT_EQ(reprOf(match.get()), "ExceptionGroup('', (ValueError(1),))");
    EXPECT_EQ(rest, Py_None);
    Py_DECREF(rest);
    Py_XSETREF(ts_->exc_info->exc_value, Py_XNewRef(handled_));
    const HeldOperand other(make("KeyError(1)"));
    match = Ref<>::steal(checkGroupMatch(other.give(), make("ValueError"), &rest));
    EXPECT_EQ(match.get(), Py_None);
    EXPECT_EQ(rest, other.get());
    Py_DECREF(rest);
    EXPECT_EQ(other.excess(), 0);
    EXPECT_EQ(outcome(checkGroupMatch(other.give(), make("ExceptionGroup"), &rest)),
              "TypeError: catching ExceptionGroup with except* is not allowed. Use except instead.");
    EXPECT_EQ(outcome(checkGroupMatch(make("BadSplit('b', [ValueError(1), KeyError(2)])"), make("ValueError"), &rest)),
              "TypeError: BadSplit.split must return a 2-tuple");
    EXPECT_EQ(other.excess(), 0);
}

TEST_F(Exceptions, WhatClausesLeaveIsPutTogether) {
    const HeldOperand naked(make("KeyError(1)"));
    EXPECT_EQ(outcome(prepareReraise(ts_, naked.give(), make("[]"))), "NoneType None");
    PyObject* left = PyList_New(0);
    PyList_Append(left, naked.get());
    EXPECT_EQ(outcome(prepareReraise(ts_, naked.give(), left)), "KeyError KeyError(1)");
    EXPECT_EQ(naked.excess(), 0);
    auto names = python::runPython(R"(
group = ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError(2), TypeError(3)])])
group.add_note('note')
left = [group.split(KeyError)[0], None, IndexError(4)]
left[2].__context__ = group
)");
    auto group = evaluate(names, "group");
    auto result = Ref<>::steal(prepareReraise(ts_, Py_NewRef(group.get()), evaluate(names, "left").release()));
    EXPECT_EQ(reprOf(result.get()),
              "ExceptionGroup('', [IndexError(4), ExceptionGroup('g', [ExceptionGroup('h', [KeyError(2)])])])");
}

}  // namespace
}  // namespace pyjion::runtime
