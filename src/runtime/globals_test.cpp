// SPDX-License-Identifier: MIT
// Global names: the cache, what invalidates it, odd namespaces, errors.
#include "runtime/globals.h"

#include <gtest/gtest.h>

#include "python/frame.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

/// A frame of the function `f` that the text defines, not linked: its globals are the text's namespace.
class GlobalsTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }

    void start(const std::string& text) {
        names_ = python::runPython(text);
        startWith(PyDict_GetItemString(names_.get(), "f"));
    }
    void startWith(PyObject* function) {
        auto* asFunction = reinterpret_cast<PyFunctionObject*>(function);
        frame_ = python::push(PyThreadState_Get(), asFunction, 0);
        // The first name of its code.
        site_ = Site{};
        site_.name = PyTuple_GET_ITEM(reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(function))->co_names, 0);
    }
    void TearDown() override {
        if (frame_ != nullptr) {
            python::clearAndPop(PyThreadState_Get(), frame_);
        }
    }
    void run(const std::string& text) {
        PyObject* result = PyRun_String(text.c_str(), Py_file_input, names_.get(), names_.get());
        ASSERT_NE(result, nullptr);
        Py_DECREF(result);
    }

    python::Ref<> names_;
    _PyInterpreterFrame* frame_ = nullptr;
    Site site_;
};

TEST_F(GlobalsTest, FollowsChangesOfBothDicts) {
    start("def f(): return pyjion_x\npyjion_x = 'first'\n");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'first'");
    EXPECT_NE(site_.object, nullptr);
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'first'");
    run("pyjion_x = 'second'");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'second'");
    run("import builtins\nbuiltins.pyjion_x = 'builtin'\ndel pyjion_x");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'builtin'");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'builtin'");
    run("pyjion_x = 'shadow'");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'shadow'");
    run("del pyjion_x, builtins.pyjion_x");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "NameError: name 'pyjion_x' is not defined");
}

TEST_F(GlobalsTest, TheCacheIsUsed) {
    start("def f(): return pyjion_x\npyjion_x = 'x'\n");
    Py_DECREF(loadGlobal(frame_, &site_));
    // What a hit returns is what the site says, without looking.
    PyObject* planted = operand("'planted'");
    site_.object = planted;
    PyObject* object = loadGlobal(frame_, &site_);
    EXPECT_EQ(object, planted);
    EXPECT_EQ(Py_REFCNT(planted), 2);
    Py_DECREF(object);
    Py_DECREF(planted);
}

TEST_F(GlobalsTest, NameErrorKnowsTheName) {
    start("def f(): return missing\n");
    EXPECT_EQ(loadGlobal(frame_, &site_), nullptr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    ASSERT_TRUE(PyErr_GivenExceptionMatches(type, PyExc_NameError));
    EXPECT_EQ(outcome(PyObject_GetAttrString(value, "name")), "str 'missing'");
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

TEST_F(GlobalsTest, NamespacesThatAreNoDicts) {
    start(R"py(
class Builtins:
    def __getitem__(self, name):
        if name == "odd":
            raise ValueError("odd")
        if name == "missing":
            raise KeyError(name)
        return "from " + name
class Globals(dict):
    def __getitem__(self, name):
        return "global " + name
spaces = {"__builtins__": Builtins()}
exec("def given(): return given_name\ndef odd(): return odd\ndef missing(): return missing", spaces)
given, odd, missing = spaces["given"], spaces["odd"], spaces["missing"]
del spaces["odd"], spaces["missing"]
spaces2 = Globals()
spaces2["__builtins__"] = {}
exec("def child(): return child_name", spaces2)
child = dict.__getitem__(spaces2, "child")
def f(): return f
)py");
    auto checkOf = [&](const char* function) {
        python::clearAndPop(PyThreadState_Get(), frame_);
        startWith(PyDict_GetItemString(names_.get(), function));
        return outcome(loadGlobal(frame_, &site_));
    };
    EXPECT_EQ(checkOf("given"), "str 'from given_name'");
    EXPECT_EQ(globalStillIs(frame_, &site_, Py_None), 0);
    EXPECT_EQ(checkOf("odd"), "ValueError: odd");
    EXPECT_EQ(checkOf("missing"), "NameError: name 'missing' is not defined");
    EXPECT_EQ(checkOf("child"), "str 'global child_name'");
}

TEST_F(GlobalsTest, KeysThatChangeTheDictWhenCompared) {
    start(R"py(
class Key:
    def __hash__(self):
        return hash("pyjion_x")
    def __eq__(self, other):
        global pyjion_count
        pyjion_count += 1
        globals()["pyjion_new%d" % pyjion_count] = 1
        return False
pyjion_count = 0
globals()[Key()] = 1
def f(): return pyjion_x
pyjion_x = "value"
)py");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'value'");
    run("pyjion_x = 'other'");
    EXPECT_EQ(outcome(loadGlobal(frame_, &site_)), "str 'other'");
}

TEST_F(GlobalsTest, StoreGlobal) {
    start("def f():\n    global pyjion_x\n    pyjion_x = 1\n");
    PyObject* value = operand("[1]");
    Py_INCREF(value);
    EXPECT_EQ(storeGlobal(frame_, &site_, value), 0);
    EXPECT_EQ(Py_REFCNT(value), 2);
    EXPECT_EQ(PyDict_GetItemString(names_.get(), "pyjion_x"), value);
    // The old value's finalizer switches tracing on.
    EXPECT_EQ(storeGlobal(frame_, &site_, makeTracer("__del__", "None")), 0);
    EXPECT_EQ(storeGlobal(frame_, &site_, value), -1);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    EXPECT_EQ(takeStashed(), Py_None);
    Py_DECREF(Py_None);
    stopTracing();
}

TEST_F(GlobalsTest, GlobalStillIs) {
    start("def f(): return pyjion_x\npyjion_x = 'value'\n");
    PyObject* value = PyDict_GetItemString(names_.get(), "pyjion_x");
    EXPECT_EQ(globalStillIs(frame_, &site_, value), 1);
    const uint64_t tag = site_.tags.globalsTag;
    run("unrelated = 1");
    EXPECT_EQ(globalStillIs(frame_, &site_, value), 1);
    EXPECT_NE(site_.tags.globalsTag, tag);
    EXPECT_EQ(site_.tags.globalsTag, reinterpret_cast<PyDictObject*>(names_.get())->ma_version_tag);
    Py_INCREF(value);
    run("pyjion_x = 2");
    EXPECT_EQ(globalStillIs(frame_, &site_, value), 0);
    run("del pyjion_x");
    EXPECT_EQ(globalStillIs(frame_, &site_, value), 0);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    Py_DECREF(value);
}

TEST_F(GlobalsTest, GlobalStillIsRunsNoPythonCode) {
    start(R"py(
class Key:
    def __hash__(self):
        return hash("pyjion_x")
    def __eq__(self, other):
        global pyjion_count
        pyjion_count += 1
        return False
pyjion_count = 0
def f(): return pyjion_x
pyjion_x = "value"
)py");
    PyObject* value = PyDict_GetItemString(names_.get(), "pyjion_x");
    EXPECT_EQ(globalStillIs(frame_, &site_, value), 1);
    run("globals()[Key()] = 1\npyjion_count = 0");
    EXPECT_EQ(globalStillIs(frame_, &site_, value), 0);
    EXPECT_EQ(PyLong_AsLong(PyDict_GetItemString(names_.get(), "pyjion_count")), 0);
}

}  // namespace
}  // namespace pyjion::runtime
