// SPDX-License-Identifier: MIT
#include "hir/function.h"

#include <gtest/gtest.h>

#include "hir/generated/builder.h"
#include "hir/generated/visitor.h"
#include "hir/parse.h"
#include "hir/print.h"

namespace pyjion::hir {
namespace {

Function parsed(std::string_view body) {
    auto function = parse("function %f(locals 2, stack 2, entry 0) {\n" + std::string(body) + "}\n");
    EXPECT_TRUE(function) << function.error().line << ": " << function.error().message;
    return function ? std::move(*function) : Function();
}

std::string names(const std::vector<BlockId>& blocks) {
    std::string text;
    for (BlockId block : blocks) {
        text += (text.empty() ? "" : " ") + std::to_string(block.index());
    }
    return text;
}

constexpr std::string_view kDiamond = R"(block0:
  v0: Bool = ConstBool value true
  Branch v0, block2, block1
block1:
  Jump block3
block2:
  Branch v0, block3, block3
block3:
  Jump block0
block4:
  Jump block3
)";

TEST(Function, ReversePostorderStartsWithTheFirstTarget) {
    Function function = parsed(kDiamond);
    EXPECT_EQ(names(function.reversePostorder()), "0 2 1 3");
}

TEST(Function, PredecessorsCountEveryEdge) {
    Function function = parsed(kDiamond);
    auto predecessors = function.predecessors();
    EXPECT_EQ(names(predecessors[3]), "1 2 2 4");
    EXPECT_EQ(names(predecessors[0]), "3");
    EXPECT_EQ(names(function.successors(BlockId(2))), "3 3");
}

TEST(Function, ReplaceAllUsesReachesOperandsArgumentsAndSnapshots) {
    Function function = parsed(R"(block0:
  v0: Int64 = ConstInt value 1
  v1: Int64 = ConstInt value 2
  s0 = Snapshot @0 locals(v0, -) stack(v0, v1)
  v2: Int64 = CheckedIntAdd v0, v1, exit s0
  Jump block1(v0)
block1(v3: Int64):
  Deoptimise reason Traced, exit s0
)");
    function.replaceAllUses(ValueId(0), ValueId(1));
    std::string text = print(function);
    EXPECT_NE(text.find("locals(v1, -) stack(v1, v1)"), std::string::npos) << text;
    EXPECT_NE(text.find("CheckedIntAdd v1, v1"), std::string::npos) << text;
    EXPECT_NE(text.find("Jump block1(v1)"), std::string::npos) << text;
}

TEST(Function, InstructionsAreInsertedAndRemovedInPlace) {
    Function function = parsed(R"(block0:
  v0: Int64 = ConstInt value 1
  s0 = Snapshot @0 locals(-, -) stack()
  Deoptimise reason Traced, exit s0
)");
    InstrId end = function.terminator(function.entry);
    Builder builder(function);
    builder.setInsertBefore(end);
    builder.setBytecode(9);
    ValueId one = builder.constInt(5);
    InstrId made = builder.last();
    EXPECT_EQ(function.values[one].block, function.entry);
    EXPECT_EQ(function.blocks[function.entry].instrs[2], made);
    EXPECT_EQ(printInstr(function, made), "v1: Int64 = ConstInt value 5 ; 9");
    function.remove(made);
    EXPECT_EQ(function.blocks[function.entry].instrs.size(), 3u);
    EXPECT_FALSE(function.instrs[made].block.valid());
    EXPECT_FALSE(function.values[one].block.valid());
    EXPECT_EQ(function.terminator(function.entry), end);
}

TEST(Builder, ResultsFollowTheRows) {
    Function function;
    function.entry = function.addBlock();
    Builder builder(function);
    builder.setBlock(function.entry);
    SnapshotId state = builder.snapshot({.bytecode = 3, .locals = {}, .stack = {}, .parent = {}, .owner = {}});
    EXPECT_EQ(function.snapshots[state].owner, builder.last());
    ValueId local = builder.entryLocal(1, kLongExact);
    EXPECT_EQ(function.values[local].type, kObject | kNull);
    EXPECT_EQ(function.values[local].ownership, Ownership::Borrowed);
    ValueId bound = builder.guardBound(local, state);
    EXPECT_EQ(function.values[bound].type, kObject);
    ValueId number = builder.guardType(bound, kLongExact, state);
    EXPECT_EQ(function.values[number].type, kLongExact);
    EXPECT_EQ(function.values[number].ownership, Ownership::Borrowed);
    ValueId copy = builder.incRef(number);
    EXPECT_EQ(function.values[copy].type, kLongExact);
    EXPECT_EQ(function.values[copy].ownership, Ownership::Owned);
    EXPECT_EQ(viewRoot(function, number), local);
    EXPECT_EQ(viewRoot(function, copy), copy);
    ValueId constant = builder.loadConst(2, kStrExact);
    EXPECT_EQ(function.values[constant].type, kStrExact);
    ValueId unboxed = builder.unboxInt(number, state);
    EXPECT_EQ(function.values[unboxed].ownership, Ownership::None);
}

TEST(Views, NameOperandsAndImmediates) {
    Function function;
    function.entry = function.addBlock();
    Builder builder(function);
    builder.setBlock(function.entry);
    SnapshotId state = builder.snapshot({});
    ValueId callable = builder.loadGlobal(4, 5, state);
    ValueId null = builder.null();
    ValueId first = builder.loadLocal(0, state);
    ValueId second = builder.loadLocal(1, state);
    builder.setBytecode(12);
    ValueId result = builder.call(null, callable, {first, second}, 7, kFloatExact, state);
    Call call(function, builder.last());
    EXPECT_EQ(call.first(), null);
    EXPECT_EQ(call.second(), callable);
    ASSERT_EQ(call.arguments().size(), 2u);
    EXPECT_EQ(call.arguments()[1], second);
    EXPECT_EQ(call.site(), 7u);
    EXPECT_EQ(call.seen(), kFloatExact);
    EXPECT_EQ(call.snapshot(), state);
    EXPECT_EQ(call.result(), result);
    EXPECT_EQ(call.origin(), 12u);
    builder.deoptimise(ExitReason::HotLoop, state);
    EXPECT_EQ(Deoptimise(function, builder.last()).reason(), ExitReason::HotLoop);
    EXPECT_EQ(exitReasonOf(function, builder.last()), ExitReason::HotLoop);
}

struct NameOfView {
    template <typename View>
    std::string visit(const View&) const {
        return info(View::kOpcode).name;
    }
};

TEST(Visitor, GetsTheViewOfTheOpcode) {
    Function function = parsed(kDiamond);
    EXPECT_EQ(dispatch(function, function.terminator(BlockId(0)), NameOfView()), "Branch");
    EXPECT_EQ(dispatch(function, function.terminator(BlockId(1)), NameOfView()), "Jump");
}

TEST(Instruction, QuietOnPlainDataOnly) {
    Function function = parsed(R"(block0:
  s0 = Snapshot @0 locals(-, -) stack()
  v0: own Object = LoadLocal local 0, exit s0
  v2: borrow StrExact = LoadConst constant 0, type StrExact
  v1: own StrExact = IncRef v2
  DecRef v1
  DecRef v0, exit s0
  Deoptimise reason Traced, exit s0
)");
    const std::vector<InstrId>& instrs = function.blocks[function.entry].instrs;
    EXPECT_TRUE(effectsOf(function, instrs[4]).writes.empty());
    EXPECT_EQ(exitKindOf(function, instrs[4]), ExitKind::None);
    EXPECT_TRUE(effectsOf(function, instrs[5]).writes.overlaps(kWorldHeap));
    EXPECT_EQ(exitKindOf(function, instrs[5]), ExitKind::Raised);
    EXPECT_EQ(exitReasonOf(function, instrs[5]), ExitReason::Raised);
    EXPECT_FALSE(isRemovable(function, instrs[4]));
    EXPECT_TRUE(isRemovable(function, instrs[2]));  // LoadConst
}

TEST(Instruction, WrittenLocals) {
    Function function = parsed(R"(block0:
  s0 = Snapshot @0 locals(-, -) stack()
  v0: own Object = LoadLocal local 0, exit s0
  StoreLocal v0, local 1, exit s0
  v1: Bool = ConstBool value true
  WriteBackBool v1, v1, v1, local 0, from 0
  Deoptimise reason Traced, exit s0
)");
    const std::vector<InstrId>& instrs = function.blocks[function.entry].instrs;
    EXPECT_EQ(writtenLocal(function, instrs[1]), std::nullopt);
    EXPECT_EQ(writtenLocal(function, instrs[2]), 1u);
    EXPECT_EQ(writtenLocal(function, instrs[4]), 0u);
}

}  // namespace
}  // namespace pyjion::hir
