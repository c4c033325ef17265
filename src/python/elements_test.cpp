// SPDX-License-Identifier: MIT
#include "python/elements.h"

#include <gtest/gtest.h>

#include <string>

#include "python/embedded_interpreter.h"

namespace pyjion::python {
namespace {

std::optional<uint32_t> kindOf(const std::string& expression) {
    ensureInterpreter();
    PyObject* globals = PyDict_New();
    PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    PyObject* array = PyImport_ImportModule("array");
    PyDict_SetItemString(globals, "array", array);
    Py_XDECREF(array);
    PyObject* object = PyRun_String(expression.c_str(), Py_eval_input, globals, globals);
    EXPECT_NE(object, nullptr) << expression;
    const std::optional<uint32_t> kind = elementsOf(object);
    if (kind) {
        for (uint32_t other = 0; other < std::size(kElements); ++other) {
            const bool isOfOneType = kElements[*kind].isArray == kElements[other].isArray;
            EXPECT_TRUE(!isOfOneType || !kElements[other].isArray || isOfKind(object, other) == (other == *kind))
                << expression << other;
        }
    }
    Py_XDECREF(object);
    Py_DECREF(globals);
    return kind;
}

TEST(Elements, EachKindIsFoundByItsObject) {
    for (uint32_t kind = 0; kind < std::size(kElements); ++kind) {
        const Elements& row = kElements[kind];
        const std::string type = row.isInObject ? "bytes" : "bytearray";
        const std::string expression =
            row.isArray ? std::string("array.array('") + row.format + "', [1, 2])" : type + "([1, 2])";
        EXPECT_EQ(kindOf(expression), std::optional(kind)) << expression;
    }
}

TEST(Elements, OthersHaveNoKind) {
    for (const char* expression :
         {"[1, 2]", "(1, 2)", "'ab'", "memoryview(b'ab')", "range(2)", "array.array('u', 'ab')",
          "array.array('L', [1])", "array.array('Q', [1])", "type('array.array', (array.array,), {})('d', [1.5])",
          "type('B', (bytes,), {})(b'ab')", "array.array('d')", "b''", "bytearray()", "None"}) {
        EXPECT_EQ(kindOf(expression), std::nullopt) << expression;
    }
}

/// Of a bytearray whose start was moved, the numbers are not where its memory begins.
TEST(Elements, AByteArrayThatWasCutAtItsStartIsFound) {
    EXPECT_TRUE(kindOf("[b for b in [bytearray(range(100))] if b.__delitem__(slice(0, 3)) is None][0]"));
}

}  // namespace
}  // namespace pyjion::python
