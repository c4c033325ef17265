// SPDX-License-Identifier: MIT
#include "python/names.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

std::string shown(const char* expression, Py_ssize_t longest = PY_SSIZE_T_MAX) {
    const Ref<> names = runPython("");
    const Ref<> text = evaluate(names, expression);
    return textOf(text.get(), longest);
}

TEST(NamesTest, AnyContent) {
    EXPECT_EQ(shown("''"), "");
    EXPECT_EQ(shown("'plain_name'"), "plain_name");
    EXPECT_EQ(shown("'\\xe9\\u20ac\\U0001f600'"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT_EQ(shown("'a\\udc80b'"), "a\\udc80b");
    EXPECT_EQ(shown("'a\\0b\\nc\\x9fd\\u2028'"), "a\\x00b\\nc\\x9fd\\u2028");
    EXPECT_EQ(shown("'x' * 100000").size(), 100000u);
    EXPECT_EQ(shown("'x' * 100000", 3), "xxx...");
    EXPECT_EQ(shown("'xyz'", 3), "xyz");
    EXPECT_EQ(shown("3"), "?");
}

TEST(NamesTest, TextLeavesTheStringAsItIs) {
    const Ref<> names = runPython("import sys\nname = ''.join(['h\\xe9', 'lp'])\nbefore = sys.getsizeof(name)\n");
    const Ref<> name = evaluate(names, "name");
    EXPECT_EQ(textOf(name.get()), "h\xc3\xa9lp");
    EXPECT_EQ(reprOf(evaluate(names, "sys.getsizeof(name) == before").get()), "True");
}

TEST(NamesTest, LookupsThatCouldRunCodeHaveNoAnswer) {
    const Ref<> names = runPython(R"py(
ran = []
class Key(str):
    __hash__ = str.__hash__
    def __eq__(self, other):
        ran.append(other)
        return str.__eq__(self, other)
class Namespace(dict):
    def __getitem__(self, key):
        ran.append(key)
plain = {"name": 1}
odd = {"name": 1, Key("other"): 2}
once_odd = {"name": 1, Key("other"): 2}
del once_odd["other"]
ran.clear()
)py");
    const Ref<> name = evaluate(names, "'name'");
    const Ref<> missing = evaluate(names, "'missing'");
    const Ref<> plain = evaluate(names, "plain");
    EXPECT_EQ(reprOf(quietLookup(plain.get(), name.get())), "1");
    EXPECT_EQ(quietLookup(plain.get(), missing.get()), nullptr);
    EXPECT_EQ(quietLookup(nullptr, name.get()), nullptr);
    for (const char* odd : {"odd", "once_odd", "Namespace(name=1)", "[1]"}) {
        const Ref<> dict = evaluate(names, odd);
        EXPECT_FALSE(looksUpQuietly(dict.get())) << odd;
        EXPECT_EQ(quietLookup(dict.get(), name.get()), nullptr) << odd;
    }
    const Ref<> key = evaluate(names, "Key('name')");
    EXPECT_EQ(quietLookup(plain.get(), key.get()), nullptr);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    EXPECT_EQ(reprOf(evaluate(names, "ran").get()), "[]");
}

}  // namespace
}  // namespace pyjion::python
