// SPDX-License-Identifier: MIT
// Giving references back, with finalizers that look around or switch tracing on.
#include "runtime/references.h"

#include <gtest/gtest.h>

#include "runtime/helper_table.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

class ReferencesTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }
};

TEST_F(ReferencesTest, ReleaseTakesOneReference) {
    const HeldOperand object(operand("[1]"));
    EXPECT_EQ(release(object.give()), 0);
    EXPECT_EQ(object.excess(), 0);
    EXPECT_EQ(release(nullptr), 0);
    EXPECT_EQ(release(operand("[1]")), 0);
    releaseAndStay(object.give());
    releaseAndStay(nullptr);
    EXPECT_EQ(object.excess(), 0);
}

TEST_F(ReferencesTest, TheSlotIsReboundBeforeTheOldObjectDies) {
    static PyObject* slot;
    static PyObject* seen;
    static PyMethodDef look = {"look",
                               [](PyObject*, PyObject*) {
                                   seen = slot;
                                   Py_RETURN_NONE;
                               },
                               METH_NOARGS, nullptr};
    python::Ref<> names = python::runPython("class Dying:\n    def __del__(self):\n        look()\n");
    auto function = python::Ref<>::steal(PyCFunction_New(&look, nullptr));
    PyDict_SetItemString(names.get(), "look", function.get());
    PyObject* value = operand("'value'");
    for (bool stays : {false, true}) {
        slot = python::evaluate(names, "Dying()").release();
        seen = nullptr;
        Py_INCREF(value);
        if (stays) {
            storeLocalAndStay(&slot, value);
        } else {
            EXPECT_EQ(storeLocal(&slot, value), 0);
        }
        EXPECT_EQ(seen, value);
        EXPECT_EQ(slot, value);
        Py_CLEAR(slot);
    }
    EXPECT_EQ(storeLocal(&slot, value), 0);
    EXPECT_EQ(slot, value);
    Py_CLEAR(slot);
}

TEST_F(ReferencesTest, FinalizerSwitchesTracingOn) {
    EXPECT_EQ(release(makeTracer("__del__", "None")), 1);
    EXPECT_EQ(takeStashed(), Py_None);
    Py_DECREF(Py_None);
    stopTracing();

    PyObject* dying = makeTracer("__del__", "None");
    Py_SET_REFCNT(dying, 0);
    EXPECT_EQ(dealloc(dying), 1);
    EXPECT_EQ(takeStashed(), Py_None);
    Py_DECREF(Py_None);
    stopTracing();

    releaseAndStay(makeTracer("__del__", "None"));
    EXPECT_EQ(takeStashed(), nullptr);
    stopTracing();
}

}  // namespace
}  // namespace pyjion::runtime
