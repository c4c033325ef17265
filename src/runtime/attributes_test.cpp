// SPDX-License-Identifier: MIT
// Inline caches of attributes: which kind is chosen, that it is used, and what makes it miss.
#include "runtime/attributes.h"

#include <gtest/gtest.h>

#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

class AttributesTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }

    void start(const std::string& text, const char* name) {
        names_ = python::runPython(text);
        name_ = python::Ref<>::steal(PyUnicode_InternFromString(name));
        site_ = Site{};
        site_.name = name_.get();
    }
    void run(const std::string& text) {
        PyObject* result = PyRun_String(text.c_str(), Py_file_input, names_.get(), names_.get());
        ASSERT_NE(result, nullptr);
        Py_DECREF(result);
    }
    PyObject* owner(const std::string& expression) {
        return PyRun_String(expression.c_str(), Py_eval_input, names_.get(), names_.get());
    }
    std::string load(const std::string& expression) { return outcome(loadAttr(owner(expression), &site_)); }
    /// "function" or "attribute", and what the call of it gives.
    std::string call(const std::string& expression) {
        PyObject* results[2] = {};
        if (loadMethod(owner(expression), &site_, results) != 0) {
            return outcome(nullptr);
        }
        const bool method = results[0] != nullptr;
        PyObject* result = method ? PyObject_CallOneArg(results[0], results[1]) : PyObject_CallNoArgs(results[1]);
        Py_XDECREF(results[0]);
        Py_DECREF(results[1]);
        return (method ? "function: " : "attribute: ") + outcome(result);
    }
    std::string store(const std::string& expression, long value) {
        if (storeAttr(PyLong_FromLong(value), owner(expression), &site_) != 0) {
            return outcome(nullptr);
        }
        return outcome(PyObject_GetAttr(python::Ref<>::steal(owner(expression)).get(), name_.get()));
    }
    AttributeKind kind() const { return site_.attribute.kind; }

    python::Ref<> names_;
    python::Ref<> name_;
    Site site_;
};

TEST_F(AttributesTest, InlineValues) {
    start("class C:\n  def __init__(self, x): self.x = x\na = C(1)\nb = C(2)\n", "x");
    EXPECT_EQ(load("a"), "int 1");
    EXPECT_EQ(kind(), AttributeKind::InlineValue);
    EXPECT_EQ(load("b"), "int 2");
    EXPECT_EQ(site_.attribute.misses, 1);
    run("C.x = property(lambda self: 'property')");
    EXPECT_EQ(load("a"), "str 'property'");
    EXPECT_EQ(kind(), AttributeKind::Unknown);
    run("del C.x");
    EXPECT_EQ(load("a"), "int 1");
    run("a.__dict__");
    EXPECT_EQ(load("a"), "int 1");
    EXPECT_EQ(kind(), AttributeKind::DictEntry);
    run("del a.x");
    EXPECT_EQ(load("a"), "AttributeError: 'C' object has no attribute 'x'");
}

TEST_F(AttributesTest, Slots) {
    start("class C:\n  __slots__ = 'x',\na = C()\na.x = 1\nb = C()\n", "x");
    EXPECT_EQ(load("a"), "int 1");
    EXPECT_EQ(kind(), AttributeKind::Slot);
    EXPECT_EQ(load("b"), "AttributeError: 'C' object has no attribute 'x'");
    EXPECT_EQ(store("b", 5), "int 5");
    EXPECT_EQ(store("b", 6), "int 6");
    EXPECT_EQ(kind(), AttributeKind::Slot);
}

TEST_F(AttributesTest, ModulesAndClasses) {
    start("import types\nm = types.ModuleType('m')\nm.y = 0\nm.x = 1\nclass C:\n  x = 2\n", "x");
    EXPECT_EQ(load("m"), "int 1");
    EXPECT_EQ(kind(), AttributeKind::DictEntry);
    run("m.x = 3");
    EXPECT_EQ(load("m"), "int 3");
    EXPECT_EQ(site_.attribute.misses, 1);
    run("del m.y, m.x\nm.x = 4");
    EXPECT_EQ(load("m"), "int 4");
    EXPECT_EQ(load("C"), "int 2");
    EXPECT_EQ(kind(), AttributeKind::OfClass);
    run("C.x = 5");
    EXPECT_EQ(load("C"), "int 5");
    EXPECT_EQ(load("m"), "int 4");
}

TEST_F(AttributesTest, Methods) {
    start("class C:\n  def x(self): return 'C.x'\na = C()\nb = C()\nc = C()\nc.__dict__\n", "x");
    EXPECT_EQ(call("a"), "function: str 'C.x'");
    EXPECT_EQ(kind(), AttributeKind::HiddenMethod);
    EXPECT_EQ(call("c"), "function: str 'C.x'");
    EXPECT_EQ(site_.attribute.misses, 1);
    run("b.x = lambda: 'own'");
    EXPECT_EQ(call("b"), "attribute: str 'own'");
    EXPECT_EQ(call("a"), "function: str 'C.x'");
    run("C.x = lambda self: 'new'");
    EXPECT_EQ(call("a"), "function: str 'new'");
    EXPECT_EQ(call("'text'"), "AttributeError: 'str' object has no attribute 'x'");
    EXPECT_EQ(call("C"), "attribute: TypeError: <lambda>() missing 1 required positional argument: 'self'");
}

TEST_F(AttributesTest, MethodsOfObjectsWithoutDict) {
    start("", "upper");
    EXPECT_EQ(call("'text'"), "function: str 'TEXT'");
    EXPECT_EQ(kind(), AttributeKind::Method);
    EXPECT_EQ(call("'more'"), "function: str 'MORE'");
    EXPECT_EQ(site_.attribute.misses, 1);
}

TEST_F(AttributesTest, Stores) {
    start("class C: pass\na = C()\nb = C()\n", "x");
    EXPECT_EQ(store("a", 1), "int 1");
    EXPECT_EQ(kind(), AttributeKind::InlineValue);
    EXPECT_EQ(store("b", 2), "int 2");
    EXPECT_EQ(site_.attribute.misses, 1);
    run("assert a.__dict__ == {'x': 1} and list(b.__dict__) == ['x']");
    EXPECT_EQ(store("a", 3), "int 3");
    EXPECT_EQ(kind(), AttributeKind::DictEntry);
    run("C.x = property(lambda self: 7)");
    EXPECT_EQ(store("a", 4), "AttributeError: property of 'C' object has no setter");
}

TEST_F(AttributesTest, ADescriptorsClassMayChangeLater) {
    start("class D:\n  def __get__(self, i, o): return 'D'\nclass C:\n  x = D()\na = C()\na.__dict__['x'] = 'own'\n",
          "x");
    EXPECT_EQ(load("a"), "str 'own'");
    run("D.__set__ = lambda self, i, v: None");
    EXPECT_EQ(load("a"), "str 'D'");
}

TEST_F(AttributesTest, ASiteWithManyTypesStopsTrying) {
    start("many = [type(f'C{i}', (), {})() for i in range(300)]\nfor i, o in enumerate(many): o.x = i\n", "x");
    for (int i = 0; i < 300; i++) {
        EXPECT_EQ(load("many[" + std::to_string(i) + "]"), "int " + std::to_string(i));
    }
    const AttributeCache before = site_.attribute;
    EXPECT_EQ(load("many[7]"), "int 7");
    EXPECT_EQ(site_.attribute.typeVersion, before.typeVersion);
}

TEST(ClassesSeen, IsClosedByTheFifth) {
    ClassesSeen classes;
    for (uint32_t version = 1; version <= ClassesSeen::kMost; ++version) {
        classes.note(version);
        classes.note(1);
    }
    EXPECT_TRUE(classes.contains(ClassesSeen::kMost));
    EXPECT_FALSE(classes.isClosed());
    classes.note(5);
    EXPECT_TRUE(classes.isClosed());
    classes.note(1);
    EXPECT_TRUE(classes.isClosed());
    EXPECT_FALSE(classes.contains(1));
}

}  // namespace
}  // namespace pyjion::runtime
