// SPDX-License-Identifier: MIT
#include "python/undisturbed.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

TEST(UndisturbedTest, GivesTheThreadsStateBack) {
    ensureInterpreter();
    ASSERT_EQ(PyGC_IsEnabled(), 1);
    std::feclearexcept(FE_ALL_EXCEPT);
    std::fesetround(FE_UPWARD);
    errno = 77;
    {
        const Undisturbed undisturbed(false);
        EXPECT_EQ(PyGC_IsEnabled(), 0);
        EXPECT_EQ(std::fegetround(), FE_TONEAREST);
        std::feraiseexcept(FE_DIVBYZERO);
        errno = 5;
    }
    EXPECT_EQ(errno, 77);
    EXPECT_EQ(std::fegetround(), FE_UPWARD);
    EXPECT_EQ(std::fetestexcept(FE_DIVBYZERO), 0);
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(PyGC_IsEnabled(), 1);
    PyGC_Disable();
    { const Undisturbed undisturbed(false); }
    EXPECT_EQ(PyGC_IsEnabled(), 0);
    PyGC_Enable();
}

TEST(UndisturbedTest, NoticesPythonCodeAndExceptions) {
    const Ref<> names = runPython("def f(): pass\n");
    _PyFrameEvalFunction before = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
    {
        const Undisturbed undisturbed(true);
        EXPECT_EQ(undisturbed.disturbance(), nullptr);
        perform(names, "f()");
        EXPECT_STREQ(undisturbed.disturbance(), "Python code ran");
    }
    EXPECT_EQ(_PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get()), before);
    const Undisturbed undisturbed(true);
    PyErr_SetNone(PyExc_ValueError);
    EXPECT_STREQ(undisturbed.disturbance(), "an exception was set or lost");
    PyErr_Clear();
    EXPECT_EQ(undisturbed.disturbance(), nullptr);
}

}  // namespace
}  // namespace pyjion::python
