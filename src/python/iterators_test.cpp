// SPDX-License-Identifier: MIT
#include "python/iterators.h"

#include <gtest/gtest.h>

#include <string>

#include "python/embedded_interpreter.h"
#include "python/ref.h"

namespace pyjion::python {
namespace {

using base::IteratorKind;

Ref<> made(const std::string& expression) {
    const Ref<> names = runPython("made = " + expression + "\n");
    return Ref<>::steal(Py_XNewRef(PyDict_GetItemString(names.get(), "made")));
}

IteratorKind kindOf(const std::string& expression) {
    return iteratorKindOf(made(expression).get());
}

TEST(IteratorsTest, Kinds) {
    EXPECT_EQ(kindOf("iter([1])"), IteratorKind::Sequence);
    EXPECT_EQ(kindOf("iter((1,))"), IteratorKind::Sequence);
    EXPECT_EQ(kindOf("iter(type('L', (list,), {})())"), IteratorKind::Sequence);
    EXPECT_EQ(kindOf("enumerate([1])"), IteratorKind::Enumerated);
    EXPECT_EQ(kindOf("enumerate([1], -5)"), IteratorKind::Enumerated);
    EXPECT_EQ(kindOf("zip([1], (2,))"), IteratorKind::Zipped);
    for (const char* other : {"iter({1})", "iter(range(3))", "reversed([1])", "enumerate([1], 1 << 70)",
                              "enumerate(range(3))", "zip([1])", "zip([1], [2], [3])", "zip([1], [2], strict=True)",
                              "zip([1], range(3))", "zip(*[iter([1])] * 2)", "type('E', (enumerate,), {})([1])", "7"}) {
        EXPECT_EQ(kindOf(other), IteratorKind::Other) << other;
    }
}

TEST(IteratorsTest, APairKeepsWhatWasGivenWithoutIt) {
    Ref<> pairs = made("zip([1, 2], [3, 4])");
    Ref<> item = made("[5]");
    Ref<> first = Ref<>::steal(PyIter_Next(pairs.get()));
    const Py_ssize_t before = Py_REFCNT(item.get());
    keepInPair(pairs.get(), 1, item.get());
    EXPECT_EQ(Py_REFCNT(item.get()), before) << "somebody holds the pair";
    first = {};
    keepInPair(pairs.get(), 1, item.get());
    EXPECT_EQ(Py_REFCNT(item.get()), before + 1);
    keepInPair(pairs.get(), 1, Py_None);
    EXPECT_EQ(Py_REFCNT(item.get()), before);
    Ref<> second = Ref<>::steal(PyIter_Next(pairs.get()));
    EXPECT_EQ(PyLong_AsLong(PyTuple_GET_ITEM(second.get(), 1)), 4);
}

TEST(IteratorsTest, APairThatACollectionHasLeftOutIsTrackedAgain) {
    Ref<> pairs = made("enumerate([1, 2])");
    Ref<>::steal(PyIter_Next(pairs.get()));
    PyGC_Collect();
    Ref<> item = made("[5]");
    keepInPair(pairs.get(), 1, item.get());
    Ref<> referents = Ref<>::steal(PyObject_CallMethod(PyImport_ImportModule("gc"), "get_referents", "O", pairs.get()));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(referents.get()); ++i) {
        PyObject* referent = PyList_GET_ITEM(referents.get(), i);
        EXPECT_TRUE(!PyTuple_CheckExact(referent) || PyObject_GC_IsTracked(referent));
    }
}

}  // namespace
}  // namespace pyjion::python
