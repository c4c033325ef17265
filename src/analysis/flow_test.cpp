// SPDX-License-Identifier: MIT
// Dominators, loops and uses on small functions; dominators also against their definition on random graphs.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "analysis/dominators.h"
#include "analysis/loops.h"
#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/parse.h"

namespace pyjion::analysis {
namespace {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::ValueId;

Function parsed(const std::string& body) {
    auto function = hir::parse("function %f(locals 2, stack 4, entry 0) {\n" + body + "}\n");
    EXPECT_TRUE(function) << function.error().line << ": " << function.error().message;
    return function ? std::move(*function) : Function();
}

/// Two loops, one inside the other: 1 (2 3) with header 1, 2 3 with header 2; 5 cannot be reached.
const char* const kNested = R"(block0:
  v0: Bool = ConstBool value true
  v1: Int64 = ConstInt value 1
  Jump block1
block1:
  Branch v0, block2, block4
block2:
  v2: Int64 = IntAddUnchecked v1, v1
  Branch v0, block3, block1
block3:
  Jump block2
block4:
  s0 = Snapshot @0 locals(-, -) stack(v1)
  Deoptimise reason Traced, exit s0
block5:
  Jump block4
)";

TEST(Dominators, OfNestedLoops) {
    Function function = parsed(kNested);
    Dominators dominators(function);
    EXPECT_EQ(dominators.immediate(BlockId(4)), BlockId(1));
    EXPECT_EQ(dominators.immediate(BlockId(3)), BlockId(2));
    EXPECT_FALSE(dominators.immediate(BlockId(0)).valid());
    EXPECT_TRUE(dominators.dominates(BlockId(1), BlockId(3)));
    EXPECT_TRUE(dominators.dominates(BlockId(3), BlockId(3)));
    EXPECT_FALSE(dominators.dominates(BlockId(2), BlockId(4)));
    EXPECT_FALSE(dominators.isReachable(BlockId(5)));
    EXPECT_FALSE(dominators.dominates(BlockId(0), BlockId(5)));
}

/// A function of blocks that branch at random.
Function randomGraph(uint32_t seed, size_t size) {
    std::mt19937 random(seed);
    Function function;
    for (size_t i = 0; i < size; ++i) {
        function.addBlock();
    }
    function.entry = BlockId(0);
    hir::Builder builder(function);
    auto any = [&] { return BlockId(static_cast<uint32_t>(random() % size)); };
    for (uint32_t i = 0; i < size; ++i) {
        builder.setBlock(BlockId(i));
        if (random() % 3 == 0) {
            builder.jump(any());
        } else {
            ValueId condition = builder.constBool(true);
            builder.branch(condition, {any(), {}}, {any(), {}});
        }
    }
    return function;
}

/// By definition: without `above`, `below` cannot be reached.
bool dominatesByDefinition(const Function& function, BlockId above, BlockId below) {
    if (above == below || above == function.entry) {
        return true;
    }
    std::vector<bool> seen(function.blocks.size());
    std::vector<BlockId> pending = {function.entry};
    while (!pending.empty()) {
        BlockId block = pending.back();
        pending.pop_back();
        if (seen[block.index()] || block == above) {
            continue;
        }
        seen[block.index()] = true;
        for (BlockId successor : function.successors(block)) {
            pending.push_back(successor);
        }
    }
    return !seen[below.index()];
}

TEST(Dominators, AgreeWithTheDefinition) {
    for (uint32_t seed = 0; seed < 200; ++seed) {
        Function function = randomGraph(seed, 3 + seed % 10);
        Dominators dominators(function);
        for (BlockId above : dominators.order()) {
            for (BlockId below : dominators.order()) {
                EXPECT_EQ(dominators.dominates(above, below), dominatesByDefinition(function, above, below)) << seed;
            }
        }
    }
}

TEST(Loops, AreNested) {
    Function function = parsed(kNested);
    Dominators dominators(function);
    Loops loops(function, dominators);
    ASSERT_EQ(loops.all().size(), 2u);
    const Loop& outer = loops.all()[LoopId(0)];
    const Loop& inner = loops.all()[LoopId(1)];
    EXPECT_EQ(outer.header, BlockId(1));
    EXPECT_EQ(outer.blocks.size(), 3u);
    EXPECT_EQ(outer.latches, std::vector<BlockId>{BlockId(2)});
    EXPECT_EQ(inner.header, BlockId(2));
    EXPECT_EQ(inner.parent, LoopId(0));
    EXPECT_EQ(inner.depth, 2u);
    EXPECT_EQ(loops.innermost(BlockId(3)), LoopId(1));
    EXPECT_EQ(loops.innermost(BlockId(1)), LoopId(0));
    EXPECT_FALSE(loops.innermost(BlockId(4)).valid());
    EXPECT_TRUE(loops.contains(LoopId(0), BlockId(3)));
    EXPECT_FALSE(loops.contains(LoopId(1), BlockId(1)));
    EXPECT_TRUE(loops.isHeader(BlockId(2)));
    EXPECT_FALSE(loops.isHeader(BlockId(3)));
}

TEST(Loops, SameHeaderIsOneLoop) {
    Function function = parsed(R"(block0:
  v0: Bool = ConstBool value true
  Jump block1
block1:
  Branch v0, block2, block3
block2:
  Jump block1
block3:
  Jump block1
)");
    Dominators dominators(function);
    Loops loops(function, dominators);
    ASSERT_EQ(loops.all().size(), 1u);
    EXPECT_EQ(loops.all()[LoopId(0)].latches.size(), 2u);
    EXPECT_EQ(loops.all()[LoopId(0)].blocks.size(), 3u);
}

TEST(Uses, AreCountedByKind) {
    Function function = parsed(R"(block0:
  v0: Int64 = ConstInt value 1
  v1: own LongExact = BoxInt v0
  s0 = Snapshot @0 locals(v1, -) stack(v0)
  s1 = Snapshot @0 locals() stack(v1) parent s0
  v2: Int64 = CheckedIntAdd v0, v0, exit s0
  Jump block1(v0)
block1(v3: Int64):
  Deoptimise reason Traced, exit s1
)");
    UseCounts uses(function);
    EXPECT_EQ(uses.byCode[0], 4u);
    EXPECT_EQ(uses.bySnapshots[0], 1u);
    EXPECT_EQ(uses.bySnapshots[1], 2u);
    EXPECT_EQ(uses.exits[0], 2u);
    EXPECT_EQ(uses.exits[1], 1u);
    EXPECT_EQ(usersOf(function)[0].size(), 3u);
    EXPECT_EQ(valuesOf(function, hir::SnapshotId(1)), (std::vector<ValueId>{ValueId(1), ValueId(1), ValueId(0)}));
}

}  // namespace
}  // namespace pyjion::analysis
