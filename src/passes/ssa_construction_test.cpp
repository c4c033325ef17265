// SPDX-License-Identifier: MIT
#include "passes/ssa_construction.h"

#include <gtest/gtest.h>

#include "hir/parse.h"
#include "hir/verify.h"

namespace pyjion::passes {
namespace {

using hir::BlockId;
using hir::ValueId;

constexpr const char* kLoop = R"(function %f(locals 0, stack 1, entry 0) {
block0:
  v0: Int64 = ConstInt value 0 ; 0
  v1: Bool = ConstBool value true ; 0
  Branch v1, block1, block2 ; 0
block1:
  v2: Int64 = ConstInt value 2 ; 0
  Jump block3 ; 0
block2:
  Jump block3 ; 0
block3:
  s0 = Snapshot @0 locals() stack() ; 0
  CheckPending exit s0 ; 0
  Branch v1, block3, block4 ; 0
block4:
  Deoptimise reason Traced, exit s0 ; 0
}
)";

class SsaVariableTest : public testing::Test {
  protected:
    SsaVariableTest()
        : function_(std::move(hir::parse(kLoop).value())),
          edges_(incomingEdges(function_)),
          variable_(function_, edges_, hir::kInt64, hir::Ownership::None) {}

    void expectSound() {
        std::vector<hir::VerifyError> errors = hir::verify(function_, hir::Stage::Optimised);
        EXPECT_TRUE(errors.empty()) << hir::printErrors(function_, errors);
    }

    hir::Function function_;
    EdgeTable edges_;
    SsaVariable variable_;
};

TEST_F(SsaVariableTest, NoAssignmentReachesTheEntry) {
    EXPECT_FALSE(variable_.atStart(BlockId(0)).valid());
}

TEST_F(SsaVariableTest, OneWayInTakesTheValueFromAbove) {
    variable_.assignInBlock(BlockId(0), ValueId(0));
    EXPECT_EQ(variable_.atStart(BlockId(2)), ValueId(0));
    EXPECT_EQ(variable_.atEnd(BlockId(0)), ValueId(0));
    EXPECT_TRUE(function_.blocks[BlockId(2)].params.empty());
}

TEST_F(SsaVariableTest, AJoinAndALoopShareOneParameter) {
    variable_.assignInBlock(BlockId(0), ValueId(0));
    variable_.assignInBlock(BlockId(1), ValueId(2));
    ValueId param = variable_.atStart(BlockId(4));
    EXPECT_EQ(param, variable_.atStart(BlockId(3)));
    ASSERT_EQ(function_.blocks[BlockId(3)].params, std::vector<ValueId>{param});
    EXPECT_EQ(function_.instrs[function_.terminator(BlockId(1))].targets[0].arguments,
              std::vector<ValueId>{ValueId(2)});
    EXPECT_EQ(function_.instrs[function_.terminator(BlockId(2))].targets[0].arguments,
              std::vector<ValueId>{ValueId(0)});
    EXPECT_EQ(function_.instrs[function_.terminator(BlockId(3))].targets[0].arguments, std::vector<ValueId>{param});
    expectSound();
}

}  // namespace
}  // namespace pyjion::passes
