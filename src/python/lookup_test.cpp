// SPDX-License-Identifier: MIT
// Compared with CPython's own lookup.
#include "python/lookup.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

class LookUp : public testing::Test {
  protected:
    void SetUp() override { ensureInterpreter(); }

    /// How often lookUp() could tell; what it tells is CPython's answer.
    static int compareAll(PyObject* dicts, PyObject* keys) {
        int told = 0;
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(dicts); i++) {
            for (Py_ssize_t j = 0; j < PyList_GET_SIZE(keys); j++) {
                told += compare(PyList_GET_ITEM(dicts, i), PyList_GET_ITEM(keys, j));
            }
        }
        return told;
    }

    static int compare(PyObject* dict, PyObject* key) {
        PyObject* value = nullptr;
        const Looked looked = lookUp(dict, key, value);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
        PyObject* expected = PyDict_GetItemWithError(dict, key);
        EXPECT_EQ(PyErr_Occurred(), nullptr);
        if (looked != Looked::Unknown) {
            EXPECT_EQ(looked == Looked::Found ? value : nullptr, expected) << reprOf(dict) << reprOf(key);
        }
        return looked != Looked::Unknown ? 1 : 0;
    }
};

TEST_F(LookUp, FindsWhatCPythonFinds) {
    auto names = runPython(R"(
import random
chance = random.Random(7)
def text(n): return ''.join(chance.choice('abcdé') for _ in range(n))
class Odd:
    def __init__(self): self.one = 1; self.two = "2"
odd = Odd(); other = Odd(); other.three = 3; del other.one
dicts = [{}, {'a': 1}, {0: 'zero', -1: 'minus', True: 'yes'}, odd.__dict__, other.__dict__,
         {text(3): i for i in range(60)}, {i * 7: str(i) for i in range(-100, 400)},
         {(text(2) if i % 2 else i): i for i in range(70000)}, {2**70: 1, 2**61 - 1: 0, 1.5: 2, (1,): 3, 5: 4}]
for d in dicts[5:8]:
    for key in list(d)[::3]: del d[key]
keys = ['a', 'one', 'two', 'three', 'zz', ''.join(['o', 'ne']), 0, 1, -1, -2, 5, 256, 257, 1000, -700, 699, 'é', '']
keys += [text(3) for _ in range(200)] + [chance.randrange(-800, 3000) for _ in range(200)]
)");
    const int told = compareAll(evaluate(names, "dicts").get(), evaluate(names, "keys").get());
    EXPECT_GT(told, 9 * 400);
}

TEST_F(LookUp, LeavesToCPythonWhatMayRunCode) {
    auto names = runPython(R"(
class Text(str):
    def __eq__(self, other): raise AssertionError
    __hash__ = str.__hash__
class Number:
    def __hash__(self): return 3
    def __eq__(self, other): return other == 3
dicts = [{Text('a'): 1}, {Number(): 1}]
dict = {1: 1}
)");
    PyObject* value = nullptr;
    auto lookAt = [&](const char* dict, const char* key) {
        return lookUp(evaluate(names, dict).get(), evaluate(names, key).get(), value);
    };
    EXPECT_EQ(lookAt("dicts[0]", "'a'"), Looked::Unknown);
    EXPECT_EQ(lookAt("dicts[0]", "'b'"), Looked::Missing);
    EXPECT_EQ(lookAt("dicts[1]", "3"), Looked::Unknown);
    EXPECT_EQ(lookAt("dict", "1.0"), Looked::Unknown);
    EXPECT_EQ(lookAt("dict", "True"), Looked::Unknown);
    EXPECT_EQ(lookAt("dict", "2**40"), Looked::Unknown);
    EXPECT_EQ(lookAt("dict", "Text('a')"), Looked::Unknown);
    EXPECT_EQ(value, nullptr);
}

TEST_F(LookUp, TextsAreSameByTheirCharacters) {
    auto names = runPython(R"(
texts = ['', 'a', 'b', 'ab', 'é', 'éa', '\u0430', '\u0430b', '\U0001f600', 'a\0', 'a\0b', 'ab' * 50, 'ab' * 49 + 'ac']
copies = [''.join(list(text)) for text in texts]
)");
    auto texts = evaluate(names, "texts");
    auto copies = evaluate(names, "copies");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(texts.get()); i++) {
        for (Py_ssize_t j = 0; j < PyList_GET_SIZE(copies.get()); j++) {
            PyObject* left = PyList_GET_ITEM(texts.get(), i);
            PyObject* right = PyList_GET_ITEM(copies.get(), j);
            ASSERT_TRUE(areTexts(left, right));
            EXPECT_EQ(isSameText(left, right), i == j) << reprOf(left) << reprOf(right);
        }
    }
}

TEST_F(LookUp, CharactersAreCPythonsOwn) {
    auto names = runPython("texts = [chr(i) for i in range(256)]");
    auto texts = evaluate(names, "texts");
    for (Py_ssize_t i = 0; i < 256; i++) {
        EXPECT_EQ(latinCharacter(static_cast<unsigned char>(i)), PyList_GET_ITEM(texts.get(), i));
    }
}

}  // namespace
}  // namespace pyjion::python
