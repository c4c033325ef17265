// SPDX-License-Identifier: MIT
// Every instruction on unboxed numbers, alone: its machine code ends as its definition says, for all combinations of
// the values around which something changes, from memory and as constants on either side.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>

#include "driver/native_run_test.h"
#include "hir/parse.h"
#include "hir/verify.h"
#include "oracle/operations.h"
#include "oracle/run_lines.h"

namespace pyjion::driver {
namespace {

using oracle::Code;
using oracle::Constants;
using oracle::Entry;
using oracle::Operation;
using oracle::valuesAround;

/// What a text's machine code does otherwise than the text says, made in these ways; empty when nothing.
std::string difference(const std::string& text, const std::vector<Entry>& entries,
                       std::span<const test::Variant> variants) {
    auto function = hir::parse(text);
    if (!function) {
        return fmt::format("{}: {}\n{}", function.error().line, function.error().message, text);
    }
    std::vector<hir::VerifyError> errors = hir::verify(*function, hir::Stage::Lowerable);
    if (!errors.empty()) {
        return hir::printErrors(*function, errors);
    }
    const Code code;
    std::vector<oracle::Outcome> outcomes;
    for (const Entry& entry : entries) {
        outcomes.push_back(oracle::interpret(*function, code, entry));
    }
    for (const test::Variant& variant : variants) {
        test::NativeRun native(*function, code, variant);
        if (native.needsOptimiser) {
            continue;
        }
        if (!native.problem.empty()) {
            return native.problem + "\n" + text;
        }
        for (size_t i = 0; i < entries.size(); ++i) {
            const std::string got = native.run(entries[i]);
            if (!outcomes[i].allows(got)) {
                return fmt::format("{} for ({}), {}\n  by definition: {}\n{}", got, fmt::join(entries[i].locals, ", "),
                                   variant.name, outcomes[i].text, text);
            }
        }
    }
    return "";
}

class LoweredOperation : public testing::TestWithParam<Operation> {};

INSTANTIATE_TEST_SUITE_P(Each, LoweredOperation, testing::ValuesIn(oracle::numberOperations()),
                         [](const auto& info) { return oracle::nameOf(info.param); });

/// The operands come from locals.
TEST_P(LoweredOperation, OfVariables) {
    const Operation& operation = GetParam();
    const Constants variables(operation.operands.size());
    for (bool branches : {false, true}) {
        if (!branches || operation.result == "Bool") {
            ASSERT_EQ(
                difference(textFor(operation, variables, branches), entriesFor(operation, variables), test::kVariants),
                "");
        }
    }
}

/// One is a constant, where the lowering has shorter forms.
TEST_P(LoweredOperation, OfConstants) {
    const Operation& operation = GetParam();
    if (operation.operands.size() < 2 || operation.operands[0] == "small") {
        return;
    }
    for (size_t side : {0u, 1u}) {
        for (const std::string& value : valuesAround(operation.operands[side])) {
            if (!oracle::canBeConstant(value)) {
                continue;
            }
            Constants constants(2);
            constants[side] = value;
            ASSERT_EQ(difference(textFor(operation, constants, false), entriesFor(operation, constants),
                                 std::span(test::kVariants).first(1)),
                      "");
        }
    }
}

}  // namespace
}  // namespace pyjion::driver
