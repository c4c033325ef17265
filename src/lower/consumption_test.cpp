// SPDX-License-Identifier: MIT
// Which references pass to an instruction is said twice: for HIR in ops.py, and for the helper that does the work in
// helpers.def. Here the two are compared. (What operations.def says holds for both.)
#include <gtest/gtest.h>

#include "hir/generated/opcode.h"
#include "hir/op_info.h"
#include "hir/operation.h"
#include "runtime/helper_table.h"

namespace pyjion::lower {
namespace {

using hir::Opcode;
using runtime::Helper;

struct Consumption {
    uint32_t params = 0;
    bool slots = false;
    bool operator==(const Consumption&) const = default;
};

Consumption ofHelper(Helper helper) {
    const runtime::Effects& effects = runtime::info(helper).effects;
    return {effects.consumed, effects.consumesSlots};
}

TEST(ConsumptionTest, HelpersOfOperationsHaveTheParametersThatTheTableOfOperationsSays) {
#define OPERATION(name, parameters, effects, result) \
    EXPECT_EQ(runtime::info(Helper::name).params.size(), std::string_view(parameters).size()) << #name;
#include "hir/operations.def"
#undef OPERATION
}

/// Instructions whose operands are the helper's first parameters, in their order.
TEST(ConsumptionTest, HelpersOfInstructionsTakeWhatTheTableOfInstructionsSays) {
    struct Row {
        Opcode opcode;
        Helper first;
        int count = 1;
    };
    const Row rows[] = {
        {Opcode::BinaryOp, Helper::Add, static_cast<int>(Helper::CompareLess) - static_cast<int>(Helper::Add)},
        {Opcode::CompareOp, Helper::CompareLess, 12},
        {Opcode::UnaryOp, Helper::UnaryNegative, 4},
        {Opcode::ContainsOp, Helper::Contains},
        {Opcode::Truth, Helper::Truth},
        {Opcode::GetIter, Helper::GetIter},
        {Opcode::IterNext, Helper::IterNext},
        {Opcode::DecRef, Helper::Release},
    };
    for (const Row& row : rows) {
        Consumption said;
        uint32_t index = 0;
        for (const hir::OperandInfo& operand : hir::info(row.opcode).operands) {
            said.params |= static_cast<uint32_t>(operand.passing == hir::Passing::Consumes) << index++;
        }
        for (int i = 0; i < row.count; ++i) {
            const auto helper = static_cast<Helper>(static_cast<int>(row.first) + i);
            EXPECT_EQ(ofHelper(helper), said) << runtime::info(helper).name;
        }
    }
}

}  // namespace
}  // namespace pyjion::lower
