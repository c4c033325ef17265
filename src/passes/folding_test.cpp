// SPDX-License-Identifier: MIT
// Every operation on constants: what `simplify` makes of it ends as the operation's definition says, for all
// combinations of the values around which something changes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hir/generated/opcode.h"
#include "hir/parse.h"
#include "hir/print.h"
#include "oracle/operations.h"
#include "oracle/run_lines.h"
#include "passes/pass.h"

namespace pyjion::passes {
namespace {

using oracle::Constants;
using oracle::Operation;

class Folding : public testing::TestWithParam<Operation> {
  protected:
    /// Compares a function of this operation before and after `simplify`; counts when it became shorter.
    void compare(const Constants& constants, bool branches) {
        const std::string text = oracle::textFor(GetParam(), constants, branches);
        auto function = hir::parse(text);
        ASSERT_TRUE(function) << function.error().line << ": " << function.error().message << "\n" << text;
        const hir::Function before = *function;
        PassContext context;
        simplify(*function, context);
        for (const oracle::Entry& entry : oracle::entriesFor(GetParam(), constants)) {
            const oracle::Outcome wanted = oracle::interpret(before, {}, entry);
            const oracle::Outcome got = oracle::interpret(*function, {}, entry);
            ASSERT_EQ(got.text, wanted.text)
                << fmt::format("({})\n", fmt::join(entry.locals, ", ")) << hir::print(before) << hir::print(*function);
        }
        folded_ += context.counters.size();
    }

    size_t folded_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Each, Folding, testing::ValuesIn(oracle::numberOperations()),
                         [](const auto& info) { return oracle::nameOf(info.param); });

/// What is not folded: the machine's functions for floats, and what is left to run time.
bool isNeverFolded(const std::string& name) {
    return name == "CheckedDoubleFloorDivide" || name == "CheckedDoubleModulo" || name == "CheckedDoublePower" ||
           name == "CheckedMath";
}

TEST_P(Folding, OfConstants) {
    const Operation& operation = GetParam();
    std::vector<Constants> all(1);
    for (std::string_view values : operation.operands) {
        std::vector<Constants> longer;
        for (const Constants& constants : all) {
            for (const std::string& value : oracle::valuesAround(values)) {
                if (oracle::canBeConstant(value)) {
                    longer.push_back(constants);
                    longer.back().push_back(value);
                }
            }
        }
        all = std::move(longer);
    }
    for (const Constants& constants : all) {
        ASSERT_NO_FATAL_FAILURE(compare(constants, false));
        if (operation.result == "Bool") {
            ASSERT_NO_FATAL_FAILURE(compare(constants, true));
        }
    }
    EXPECT_EQ(folded_ == 0, isNeverFolded(oracle::nameOf(operation)));
}

/// With one constant, where rules look at one side alone, and with none.
TEST_P(Folding, OfOneConstant) {
    const Operation& operation = GetParam();
    const size_t count = operation.operands.size();
    ASSERT_NO_FATAL_FAILURE(compare(Constants(count), true && operation.result == "Bool"));
    for (size_t side = 0; side < count && count == 2; ++side) {
        for (const std::string& value : oracle::valuesAround(operation.operands[side])) {
            if (oracle::canBeConstant(value)) {
                Constants constants(count);
                constants[side] = value;
                ASSERT_NO_FATAL_FAILURE(compare(constants, false));
            }
        }
    }
}

}  // namespace
}  // namespace pyjion::passes
