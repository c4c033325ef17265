// SPDX-License-Identifier: MIT
// The table: deduced signatures, the order that the lowering relies on, injected failures.
#include "runtime/helper_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "runtime/arithmetic.h"
#include "runtime/comparison.h"
#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

TEST(HelperTableTest, SignaturesAreDeduced) {
    auto signatureOf = [](Helper helper) {
        const char* names[] = {"void", "int32", "int64", "native int", "double"};
        std::string text = names[static_cast<int>(info(helper).result)];
        for (AbiType type : info(helper).params) {
            text += std::string(" ") + names[static_cast<int>(type)];
        }
        return text;
    };
    EXPECT_EQ(signatureOf(Helper::Add), "native int native int native int native int");
    EXPECT_EQ(signatureOf(Helper::CompareTruthLess), "int32 native int native int native int int32");
    EXPECT_EQ(signatureOf(Helper::Truth), "int32 native int native int");
    EXPECT_EQ(signatureOf(Helper::Contains), "native int native int native int int32");
    EXPECT_EQ(signatureOf(Helper::Call), "native int native int native int native int int64 native int");
    EXPECT_EQ(signatureOf(Helper::BoxDouble), "native int double");
    EXPECT_EQ(signatureOf(Helper::DoubleModulo), "double double double");
    EXPECT_EQ(signatureOf(Helper::RangeCount), "int64 int64 int64 int64");
    EXPECT_EQ(signatureOf(Helper::Failed), "int32");
    EXPECT_EQ(signatureOf(Helper::ReleaseAndStay), "void native int");
}

TEST(HelperTableTest, NamesAndAddressesAreUnique) {
    std::set<std::string> names;
    for (size_t i = 0; i < helperCount(); i++) {
        const HelperInfo& row = info(static_cast<Helper>(i));
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_NE(row.address, nullptr) << row.name;
        EXPECT_LT(row.effects.consumed, 1u << row.params.size()) << row.name;
        for (size_t param = 0; param < row.params.size(); param++) {
            if ((row.effects.consumed >> param & 1) != 0) {
                EXPECT_EQ(row.params[param], AbiType::NativeInt) << row.name;
            }
        }
        // What is stashed is found by the same test as a failure.
        if (row.effects.mayStash) {
            EXPECT_TRUE(row.result == AbiType::NativeInt || row.result == AbiType::Int32 ||
                        row.result == AbiType::Int64)
                << row.name;
        }
    }
    EXPECT_EQ(info(Helper::Add).address, reinterpret_cast<const void*>(&add));
}

TEST(HelperTableTest, OperatorsKeepTheOrderOfTheirEnums) {
    auto name = [](Helper first, int offset) {
        return std::string(info(static_cast<Helper>(static_cast<int>(first) + offset)).name);
    };
    const std::vector<std::string> binary = {
        "Add", "Subtract", "Multiply",  "TrueDivide", "FloorDivide", "Modulo",        "And",
        "Or",  "Xor",      "LeftShift", "RightShift", "Power",       "MatrixMultiply"};
    for (size_t i = 0; i < binary.size(); i++) {
        EXPECT_EQ(name(Helper::Add, static_cast<int>(i)), binary[i]);
        EXPECT_EQ(name(Helper::Add, static_cast<int>(i + binary.size())), "Inplace" + binary[i]);
    }
    const char* compare[] = {"Less", "LessEqual", "Equal", "NotEqual", "Greater", "GreaterEqual"};
    for (int i = 0; i < 6; i++) {
        EXPECT_EQ(name(Helper::CompareLess, i), std::string("Compare") + compare[i]);
        EXPECT_EQ(name(Helper::CompareTruthLess, i), std::string("CompareTruth") + compare[i]);
    }
    const char* unary[] = {"UnaryNegative", "UnaryPositive", "UnaryInvert", "UnaryNot"};
    for (int i = 0; i < 4; i++) {
        EXPECT_EQ(name(Helper::UnaryNegative, i), unary[i]);
    }
}

TEST(HelperTableTest, InjectedFailureReleasesOperandsAndHappensOnce) {
    python::ensureInterpreter();
    const void* original = info(Helper::Add).address;
    injectFailure(Helper::Add, 2);
    auto helper =
        reinterpret_cast<PyObject* (*)(PyObject*, PyObject*, Site*)>(const_cast<void*>(info(Helper::Add).address));
    EXPECT_NE(info(Helper::Add).address, original);
    EXPECT_EQ(info(Helper::Subtract).address, reinterpret_cast<const void*>(&subtract));
    const HeldOperand left(operand("[1]"));
    const HeldOperand right(operand("[2]"));
    Site site;
    EXPECT_EQ(outcome(helper(left.give(), right.give(), &site)), "list [1, 2]");
    EXPECT_EQ(outcome(helper(left.give(), right.give(), &site)), "MemoryError: ");
    EXPECT_EQ(outcome(helper(left.give(), right.give(), &site)), "list [1, 2]");
    EXPECT_EQ(left.excess(), 0);
    EXPECT_EQ(right.excess(), 0);
    clearInjectedFailures();
    EXPECT_EQ(info(Helper::Add).address, original);
}

TEST(HelperTableTest, InjectedFailureOfCallsAndStatusHelpers) {
    python::ensureInterpreter();
    injectFailure(Helper::Call, 1);
    injectFailure(Helper::CompareTruthLess, 1);
    injectFailure(Helper::Truth, 1);
    injectFailure(Helper::RaiseHandled, 1);
    const HeldOperand argument(operand("[1]"));
    Site site;
    auto call = reinterpret_cast<PyObject* (*)(PyThreadState*, _PyInterpreterFrame*, PyObject**, int64_t, Site*)>(
        const_cast<void*>(info(Helper::Call).address));
    PyObject* slots[] = {nullptr, operand("len"), argument.give()};
    EXPECT_EQ(outcome(call(PyThreadState_Get(), nullptr, slots, 1, &site)), "MemoryError: ");
    EXPECT_EQ(argument.excess(), 0);
    auto less = reinterpret_cast<int32_t (*)(PyObject*, PyObject*, Site*, int32_t)>(
        const_cast<void*>(info(Helper::CompareTruthLess).address));
    EXPECT_EQ(less(argument.give(), argument.give(), &site, 0), kComparisonFailed);
    EXPECT_EQ(outcome(nullptr), "MemoryError: ");
    auto truth = reinterpret_cast<int32_t (*)(PyObject*, Site*)>(const_cast<void*>(info(Helper::Truth).address));
    EXPECT_EQ(truth(argument.give(), &site), -1);
    EXPECT_EQ(outcome(nullptr), "MemoryError: ");
    // 0 is the failure that is reported at the instruction, other numbers say that an exception is raised again.
    auto raise = reinterpret_cast<int32_t (*)(PyThreadState*)>(const_cast<void*>(info(Helper::RaiseHandled).address));
    EXPECT_EQ(raise(PyThreadState_Get()), 0);
    EXPECT_EQ(outcome(nullptr), "MemoryError: ");
    EXPECT_EQ(argument.excess(), 0);
    clearInjectedFailures();
}

}  // namespace
}  // namespace pyjion::runtime
