// SPDX-License-Identifier: MIT
#include "deopt/metadata.h"

#include <gtest/gtest.h>

namespace pyjion::deopt {
namespace {

TEST(Metadata, ReasonsAreNumberedAsTheyAreListed) {
    EXPECT_STREQ(info(Reason::TypeChanged).name, "TypeChanged");
    EXPECT_EQ(info(Reason::TypeChanged).effect, Effect::Speculation);
    EXPECT_STREQ(info(Reason::Traced).text, "a trace or profile function was installed");
    EXPECT_EQ(info(Reason::Raised).effect, Effect::Exact);
    EXPECT_STREQ(info(Reason::Forced).name, "Forced");
    EXPECT_EQ(info(Reason::Forced).effect, Effect::Stress);
    EXPECT_EQ(reasonCount(), static_cast<size_t>(Reason::Forced) + 1);
}

TEST(Metadata, PrintsOneLineForEachExit) {
    ExitTable table;
    table.bufferWords = 7;
    Exit before;
    before.reason = Reason::TypeChanged;
    before.resumeIndex = 12;
    before.locals = {{0, {SlotKind::Int, {3}}}, {2, {SlotKind::RangeIter, {4, 5, 6}}}, {3, {SlotKind::Null, {}}}};
    before.stack = {{SlotKind::Owned, {0}}, {SlotKind::Borrowed, {1}}, {SlotKind::Bool, {2}}};
    Exit raised;
    raised.reason = Reason::Raised;
    raised.mode = ResumeMode::Raised;
    raised.runningIndex = 14;
    raised.nextIndex = 19;
    raised.stack = {{SlotKind::Double, {1}}};
    Exit silent = raised;
    silent.pushesResult = false;
    silent.stack.clear();
    table.exits = {before, raised, silent};
    EXPECT_EQ(print(table),
              "3 exits, 7 words\n"
              "exit 0: TypeChanged before 12, locals 0=int[3] 2=range-iter[4, 5, 6] 3=null, "
              "stack owned[0] borrowed[1] bool[2]\n"
              "exit 1: Raised raised at 14, else on at 19 with the result, locals, stack double[1]\n"
              "exit 2: Raised raised at 14, else on at 19, locals, stack\n");
}

}  // namespace
}  // namespace pyjion::deopt
