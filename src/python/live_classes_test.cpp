// SPDX-License-Identifier: MIT
#include "python/live_classes.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

/// What `text` leaves under the name `C`, a class with a version; nothing else holds it.
PyTypeObject* makeClass(PyObject* globals, const char* text) {
    Py_XDECREF(PyRun_String(text, Py_file_input, globals, globals));
    auto* type = reinterpret_cast<PyTypeObject*>(PyDict_GetItemString(globals, "C"));
    PyObject* name = PyUnicode_InternFromString("attribute");
    _PyType_Lookup(type, name);  // gives it a version
    Py_DECREF(name);
    EXPECT_NE(type->tp_version_tag, 0U);
    return type;
}

struct LiveClasses : testing::Test {
    void SetUp() override {
        ensureInterpreter();
        globals = PyDict_New();
        PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    }
    void TearDown() override { Py_DECREF(globals); }
    PyObject* globals = nullptr;
};

TEST_F(LiveClasses, AreFoundByTheirVersions) {
    PyTypeObject* first = makeClass(globals, "class A: pass\nclass C(A): pass\n");
    EXPECT_EQ(liveClass(first->tp_version_tag), first);
    PyTypeObject* second = makeClass(globals, "class B(C): pass\nclass M(type): pass\nclass C(B, metaclass=M): pass\n");
    EXPECT_EQ(liveClass(second->tp_version_tag), second);
    EXPECT_EQ(liveClass(PyLong_Type.tp_version_tag), PyLong_Type.tp_version_tag != 0 ? &PyLong_Type : nullptr);
}

TEST_F(LiveClasses, AVersionThatWasTakenAwayIsNobodys) {
    PyTypeObject* type = makeClass(globals, "class C: pass\n");
    const uint32_t version = type->tp_version_tag;
    EXPECT_EQ(liveClass(version), type);
    Py_XDECREF(PyRun_String("C.attribute = 1\n", Py_file_input, globals, globals));
    EXPECT_EQ(liveClass(version), nullptr);
    EXPECT_EQ(liveClass(0), nullptr);
}

TEST_F(LiveClasses, AreNotKeptAlive) {
    PyTypeObject* type = makeClass(globals, "class C: pass\n");
    const uint32_t version = type->tp_version_tag;
    EXPECT_EQ(liveClass(version), type);
    Py_XDECREF(
        PyRun_String("import weakref, gc\nr = weakref.ref(C)\nn = weakref.getweakrefcount(C)\ndel C\ngc.collect()\n",
                     Py_file_input, globals, globals));
    EXPECT_EQ(PyDict_GetItemString(globals, "C"), nullptr);
    EXPECT_EQ(PyObject_Size(globals) > 0 ? PyWeakref_GetObject(PyDict_GetItemString(globals, "r")) : nullptr, Py_None);
    EXPECT_EQ(PyLong_AsLong(PyDict_GetItemString(globals, "n")), 1);
    EXPECT_EQ(liveClass(version), nullptr);
}

}  // namespace
}  // namespace pyjion::python
