// SPDX-License-Identifier: MIT
// The generated table against the interpreter's header, and against the `opcode` module of the running interpreter.
#include "bytecode/opcode.h"

#include <gtest/gtest.h>

#include "python/embedded_interpreter.h"

// After our own header: it defines a macro for every opcode's name.
#include <opcode.h>

#define OPCODE(name, number, caches, jump, argument) static_assert((name) == (number), #name);
#define SPECIALISED(name, number, base) static_assert((name) == (number), #name);
#define BINARY_OPERATOR(name, number, text) static_assert((name) == (number), #name);
#define COMPARISON(number, text)
#include "bytecode/opcodes_311.def"
#undef OPCODE
#undef SPECIALISED
#undef BINARY_OPERATOR
#undef COMPARISON

namespace pyjion::bytecode {
namespace {

std::string described() {
    std::string text = "[";
    for (int number = 0; number < 256; number++) {
        const auto opcode = static_cast<Opcode>(number);
        const OpcodeInfo& row = info(opcode);
        if (row.known && row.base == opcode) {
            text += "('" + std::string(row.name) + "', " + std::to_string(number) + ", " + std::to_string(row.caches) +
                    ", " + (row.jump != Jump::None ? "True" : "False") + "), ";
        }
    }
    return text + "]";
}

TEST(Opcode, TableIsThatOfTheRunningInterpreter) {
    auto names = python::runPython(
        "import opcode\n"
        "expected = [(name, number, opcode._inline_cache_entries[number], number in opcode.hasjrel)\n"
        "            for name, number in sorted(opcode.opmap.items(), key=lambda item: item[1])]\n");
    auto same = python::evaluate(names, "expected == " + described());
    EXPECT_EQ(same.get(), Py_True) << described();
}

TEST(Opcode, SpecialisedFormsAreThoseOfTheRunningInterpreter) {
    auto names = python::runPython(
        "import opcode\n"
        "families = {name: base for base, family in opcode._specializations.items()\n"
        "            for name in family}\n");
    auto families = python::evaluate(names, "families");
    Py_ssize_t found = 0;
    for (int number = 0; number < 256; number++) {
        const auto opcode = static_cast<Opcode>(number);
        const OpcodeInfo& row = info(opcode);
        if (row.known && row.base != opcode) {
            found++;
            PyObject* base = PyDict_GetItemString(families.get(), std::string(row.name).c_str());
            ASSERT_NE(base, nullptr) << row.name;
            EXPECT_EQ(nameOf(row.base), PyUnicode_AsUTF8(base));
            EXPECT_EQ(row.caches, info(row.base).caches);
        }
    }
    EXPECT_EQ(found, PyDict_GET_SIZE(families.get()));
}

TEST(Opcode, OperatorsHaveTheirText) {
    EXPECT_EQ(textOf(BinaryOperator{5}), "*");
    EXPECT_EQ(textOf(BinaryOperator{13}), "+=");
    EXPECT_EQ(textOf(Comparison::LessEqual), "<=");
    EXPECT_EQ(static_cast<int>(Comparison::GreaterEqual), Py_GE);
    EXPECT_EQ(textOf(Comparison::GreaterEqual), ">=");
}

}  // namespace
}  // namespace pyjion::bytecode
