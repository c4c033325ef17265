// SPDX-License-Identifier: MIT
#include "python/version.h"

#include <gtest/gtest.h>

#include <utility>

#include "python/code_extra.h"
#include "python/embedded_interpreter.h"
#include "python/range_iterator.h"
#include "python/types.h"

namespace pyjion::python {
namespace {

TEST(Version, ThisInterpreterIsSupported) {
    ensureInterpreter();
    EXPECT_EQ(unsupportedReason().value_or("supported"), "supported");
    EXPECT_EQ(PyErr_Occurred(), nullptr);
}

TEST(Version, ItIsAlsoSupportedBelowAPythonFunction) {
    auto names = runPython("def call(native):\n    return native()\n");
    auto native =
        makeCallable([](PyObject*) { return PyUnicode_FromString(unsupportedReason().value_or("supported").c_str()); });
    auto call = evaluate(names, "call");
    auto result = Ref<>::steal(PyObject_CallOneArg(call.get(), native.get()));
    EXPECT_EQ(reprOf(result.get()), "'supported'");
}

TEST(RangeIterator, StateSurvivesReadingAndMaking) {
    auto names = runPython("iterator = iter(range(10, -20, -7))\nnext(iterator)\n");
    auto iterator = evaluate(names, "iterator");
    const RangeState state = readRangeIterator(iterator.get());
    EXPECT_EQ(state, (RangeState{3, -7, 4}));
    auto copy = Ref<>::steal(makeRangeIterator(state));
    ASSERT_TRUE(copy);
    PyDict_SetItemString(names.get(), "copy", copy.get());
    EXPECT_EQ(reprOf(evaluate(names, "(copy.__length_hint__(), list(copy), list(iterator))").get()),
              "(4, [3, -4, -11, -18], [3, -4, -11, -18])");
}

TEST(RangeIterator, BigRangesAreAnotherType) {
    auto names = runPython("iterator = iter(range(2**70))\n");
    EXPECT_FALSE(isRangeIterator(evaluate(names, "iterator").get()));
}

int freed = 0;

TEST(CodeExtra, WordLivesAsLongAsTheCode) {
    ensureInterpreter();
    // Other tests of the process may have asked for a word, with another way of freeing it.
    const int32_t other = std::exchange(codeExtraIndex, -1);
    ASSERT_TRUE(requestCodeExtra([](void* word) { freed += *static_cast<int*>(word); }));
    static int seven = 7;
    static int ten = 10;
    auto code = Ref<>::steal(Py_CompileString("1", "test", Py_eval_input));
    auto* codeObject = reinterpret_cast<PyCodeObject*>(code.get());
    EXPECT_EQ(codeExtra(codeObject), nullptr);
    ASSERT_TRUE(setCodeExtra(codeObject, &seven));
    void* throughApi = nullptr;
    ASSERT_EQ(_PyCode_GetExtra(code.get(), codeExtraIndex, &throughApi), 0);
    EXPECT_EQ(throughApi, &seven);
    EXPECT_EQ(codeExtra(codeObject), &seven);
    ASSERT_TRUE(setCodeExtra(codeObject, &ten));
    EXPECT_EQ(freed, 7);
    code.reset();
    EXPECT_EQ(freed, 17);
    codeExtraIndex = other;
}

TEST(Types, NamesAndObjectsAgree) {
    ensureInterpreter();
    EXPECT_EQ(typeObject(ExactType::Long), &PyLong_Type);
    EXPECT_EQ(typeObject(ExactType::None), Py_TYPE(Py_None));
    EXPECT_EQ(nameOf(ExactType::RangeIter), "RangeIter");
    EXPECT_EQ(nameOf(ExactType::Type), "Type");
}

}  // namespace
}  // namespace pyjion::python
