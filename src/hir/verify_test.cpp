// SPDX-License-Identifier: MIT
// Faults of the tables that no text can express; everything else is in tests/filetests/verify.
#include "hir/verify.h"

#include <gtest/gtest.h>

#include "hir/generated/builder.h"
#include "hir/parse.h"

namespace pyjion::hir {
namespace {

/// v2 = UnboxInt (GuardType ...), in order: Snapshot, LoadConst, GuardType, UnboxInt, Deoptimise.
Function sound() {
    Function function;
    function.entry = function.addBlock();
    Builder builder(function);
    builder.setBlock(function.entry);
    SnapshotId state = builder.snapshot({});
    ValueId object = builder.loadConst(0, kObject);
    ValueId number = builder.guardType(object, kLongExact, state);
    builder.unboxInt(number, state);
    builder.deoptimise(ExitReason::Traced, state);
    return function;
}

bool breaksRule(const Function& function, uint32_t rule) {
    for (const VerifyError& error : verify(function, Stage::AfterFrontend)) {
        if (error.rule == rule) {
            return true;
        }
    }
    return false;
}

InstrId at(const Function& function, size_t place) {
    return function.blocks[function.entry].instrs[place];
}

TEST(Verify, SoundFunction) {
    EXPECT_TRUE(verify(sound(), Stage::Lowerable).empty());
}

TEST(Verify, NoEntry) {
    Function function;
    EXPECT_TRUE(breaksRule(function, 1));
    EXPECT_FALSE(printErrors(function, verify(function, Stage::AfterFrontend)).empty());
}

TEST(Verify, BrokenLinks) {
    Function function = sound();
    function.instrs[at(function, 2)].block = BlockId(7);
    EXPECT_TRUE(breaksRule(function, 1));

    function = sound();
    function.values[ValueId(1)].definition = at(function, 1);
    EXPECT_TRUE(breaksRule(function, 1));

    function = sound();
    function.snapshots[SnapshotId(0)].owner = at(function, 1);
    EXPECT_TRUE(breaksRule(function, 1));

    function = sound();
    function.instrs[at(function, 3)].operands[0] = ValueId(99);
    EXPECT_TRUE(breaksRule(function, 1));
}

TEST(Verify, InstructionTwiceInABlock) {
    Function function = sound();
    std::vector<InstrId>& list = function.blocks[function.entry].instrs;
    list.insert(list.begin(), list[1]);
    EXPECT_TRUE(breaksRule(function, 1));
}

TEST(Verify, CountsAndImmediates) {
    Function function = sound();
    function.instrs[at(function, 3)].operands.clear();
    EXPECT_TRUE(breaksRule(function, 2));

    function = sound();
    function.instrs[at(function, 2)].immediates.clear();
    EXPECT_TRUE(breaksRule(function, 2));

    function = sound();
    function.instrs[at(function, 4)].immediates[0] = makeImmediate(int64_t{200});
    EXPECT_TRUE(breaksRule(function, 2));
}

TEST(Verify, RemovedSnapshot) {
    Function function = sound();
    function.remove(at(function, 0));
    EXPECT_TRUE(breaksRule(function, 7));
}

TEST(Verify, MissingResult) {
    Function function = sound();
    function.instrs[at(function, 3)].result = {};
    EXPECT_TRUE(breaksRule(function, 5));
}

TEST(Verify, CountsUnconditionalExits) {
    auto function = parse(R"(function %f(locals 0, stack 0, entry 0) {
block0:
  s0 = Snapshot @0 locals() stack()
  v0: Bool = ConstBool value true
  Branch v0, block1, block2
block1:
  Deoptimise reason Traced, exit s0
block2:
  Deoptimise reason Traced, exit s0
block3:
  Deoptimise reason Traced, exit s0
}
)");
    ASSERT_TRUE(function);
    EXPECT_EQ(countDeoptimise(*function), 2u);
}

}  // namespace
}  // namespace pyjion::hir
