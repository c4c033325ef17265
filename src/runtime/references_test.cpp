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

TEST_F(ReferencesTest, NumbersAreWrittenIntoObjectsThatNobodyElseHas) {
    PyObject* slot = nullptr;
    writeInt(&slot, 1000);
    PyObject* own = slot;
    writeInt(&slot, 2000);
    EXPECT_EQ(slot, own);
    EXPECT_EQ(PyLong_AsLong(slot), 2000);
    for (int64_t value : {int64_t(256), int64_t(0), int64_t(-1), int64_t(-3000), int64_t(1) << 30, int64_t(1) << 61,
                          int64_t(3000), int64_t(257), int64_t(PyLong_MASK)}) {
        writeInt(&slot, value);
        EXPECT_EQ(PyLong_AsLong(slot), value);
        PyObject* boxed = PyLong_FromLong(value);
        EXPECT_EQ(slot == boxed, value >= -5 && value <= 256) << value;
        Py_DECREF(boxed);
    }
    PyObject* shared = Py_NewRef(slot);
    writeInt(&slot, 4000);
    EXPECT_EQ(PyLong_AsLong(shared), int64_t(PyLong_MASK));
    EXPECT_EQ(PyLong_AsLong(slot), 4000);
    Py_DECREF(shared);

    writeDouble(&slot, 1.5);
    own = slot;
    writeDouble(&slot, -2.5);
    EXPECT_EQ(slot, own);
    EXPECT_EQ(PyFloat_AsDouble(slot), -2.5);
    shared = Py_NewRef(slot);
    writeDouble(&slot, 3.5);
    EXPECT_EQ(PyFloat_AsDouble(shared), -2.5);
    EXPECT_EQ(PyFloat_AsDouble(slot), 3.5);
    Py_DECREF(shared);
    Py_DECREF(slot);
}

}  // namespace
}  // namespace pyjion::runtime
