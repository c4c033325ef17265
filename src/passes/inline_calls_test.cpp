// SPDX-License-Identifier: MIT
// Callees made ready for their callers, and put into them.
#include <gtest/gtest.h>

#include <string>

#include "hir/parse.h"
#include "hir/print.h"
#include "hir/verify.h"
#include "passes/inlinee.h"
#include "passes/pass_scope.h"

namespace pyjion::passes {
namespace {

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

/// A callee of two arguments, as the front end makes it: `body` stands between its start and what ends it.
hir::Function callee(const std::string& body) {
    auto parsed = hir::parse(
        "function %callee(locals 2, stack 3, entry 0) {\n"
        "block0:\n"
        "  s0 = Snapshot @0 locals(-, -) stack() ; 0\n"
        "  Jump block1 ; 0\n"
        "block1:\n" +
        body + "}\n");
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
    return std::move(*parsed);
}

const char* const kFirstArgument =
    "  s1 = Snapshot @1 locals(-, -) stack() ; 1\n"
    "  v0: own Object = LoadLocal local 0, exit s1 ; 1\n"
    "  s2 = Snapshot @2 locals(-, -) stack(v0) ; 2\n";

PassContext context(std::string* problem) {
    PassContext made;
    made.facts.argumentCount = 2;
    made.facts.unitCount = 10;
    made.verify = true;
    made.onBroken = [problem](std::string_view, const std::string& report) { *problem = report; };
    return made;
}

/// The body, or why there is none.
std::string bodyOf(const std::string& text) {
    std::string problem;
    PassContext own = context(&problem);
    hir::Function function = callee(text);
    const std::optional<std::string> obstacle = makeInlinee(function, {}, own);
    return !problem.empty() ? problem : obstacle ? "not: " + *obstacle : hir::print(function);
}

TEST(Inlinees, HaveNoFrame) {
    const std::string body = bodyOf(std::string(kFirstArgument) + "  Return v0, exit s2 ; 2\n");
    EXPECT_TRUE(has(body, "locals 0")) << body;
    EXPECT_TRUE(has(body, "EntryStack depth 2")) << body;
    EXPECT_TRUE(has(body, "GuardQuietEnd v1, v2, v3, given 1")) << body;  // both arguments end with the function
    EXPECT_TRUE(has(body, "InlinedReturn")) << body;
    EXPECT_FALSE(has(body, "LoadLocal")) << body;
}

TEST(Inlinees, GuardWhatAStoreReleases) {
    const std::string body = bodyOf(std::string(kFirstArgument) +
                                    "  s3 = Snapshot @2 locals(-, -) stack() ; 2\n"
                                    "  StoreLocal v0, local 1, exit s3 ; 2\n"
                                    "  s4 = Snapshot @3 locals(-, -) stack() ; 3\n"
                                    "  v1: own Object = LoadLocal local 1, exit s4 ; 3\n"
                                    "  s5 = Snapshot @4 locals(-, -) stack(v1) ; 4\n"
                                    "  Return v1, exit s5 ; 4\n");
    EXPECT_TRUE(has(body, "given 1")) << body;
}

TEST(Inlinees, AskQuietHelpers) {
    const std::string body = bodyOf(std::string(kFirstArgument) +
                                    "  v1: own Object = LoadLocal local 1, exit s2 ; 2\n"
                                    "  s3 = Snapshot @3 locals(-, -) stack(v0, v1) ; 3\n"
                                    "  s4 = Snapshot @3 locals(-, -) stack() ; 3\n"
                                    "  v2: own Object = BinaryOp v0, v1, operator Add, site 0, seenLeft Bottom, "
                                    "seenRight Bottom, exit s4 ; 3\n"
                                    "  s5 = Snapshot @4 locals(-, -) stack(v2) ; 4\n"
                                    "  Return v2, exit s5 ; 4\n");
    EXPECT_TRUE(has(body, "QuietBinaryOp")) << body;
    EXPECT_FALSE(has(body, " BinaryOp")) << body;
}

TEST(Inlinees, RunNoOtherCode) {
    const std::string call = std::string(kFirstArgument) +
                             "  v1: own Null = Null ; 2\n"
                             "  s3 = Snapshot @3 locals(-, -) stack() ; 3\n"
                             "  v2: own Object = Call v1, v0, site 0, seen Bottom, exit s3 ; 3\n"
                             "  s4 = Snapshot @4 locals(-, -) stack(v2) ; 4\n"
                             "  Return v2, exit s4 ; 4\n";
    EXPECT_EQ(bodyOf(call), "not: Call");
}

TEST(Inlinees, HaveNoLoops) {
    EXPECT_EQ(bodyOf("  s1 = Snapshot @1 locals(-, -) stack() ; 1\n  Jump block2 ; 1\n"
                     "block2:\n  s2 = Snapshot @2 locals(-, -) stack() ; 2\n  Jump block2 ; 2\n"),
              "not: it has a loop");
}

const char* const kCaller =
    "function %caller(locals 1, stack 4, entry 0) {\n"
    "block0:\n"
    "  v0: borrow Object = EntryLocal local 0, seen Bottom ; 0\n"
    "  v1: borrow FunctionExact = KnownObject object 0, type FunctionExact ; 0\n"
    "  v2: own FunctionExact = IncRef v1 ; 0\n"
    "  v3: own Object = CopyLocal v0, local 0 ; 1\n"
    "  v4: own Object = CopyLocal v0, local 0 ; 2\n"
    "  v5: own Object = CopyLocal v0, local 0 ; 3\n"
    "  s0 = Snapshot @4 locals(-) stack(v3, v2, v4, v5) ; 4\n"
    "  s1 = Snapshot @4 locals(-) stack(v3) ; 4\n"
    "  v6: own Object = CallFunction v2, v4, v5, callee 7, exit s1 ; 4\n"
    "  s2 = Snapshot @5 locals(-) stack(v3) ; 5\n"
    "  DecRef v6, exit s2 ; 5\n"
    "  s3 = Snapshot @6 locals(-) stack(v3) ; 6\n"
    "  Return v3, exit s3 ; 6\n"
    "}\n";

std::string inlined(PassContext& own) {
    std::string problem;
    hir::Function body = callee(std::string(kFirstArgument) + "  Return v0, exit s2 ; 2\n");
    PassContext ofCallee = context(&problem);
    EXPECT_FALSE(makeInlinee(body, {}, ofCallee));
    own = context(&problem);
    own.facts.unitCount = 20;
    own.facts.inlinees[7] = {std::make_shared<const hir::Function>(std::move(body)), 2, 10, 10, false, false};
    auto function = hir::parse(kCaller);
    EXPECT_TRUE(function);
    EXPECT_EQ(runPass(PassId::inline_calls, *function, own), Changed::kYes);
    return problem.empty() ? hir::print(*function) : problem;
}

TEST(InlineCalls, ListsFramesOnTheStack) {
    PassContext own;
    const std::string text = inlined(own);
    EXPECT_TRUE(has(text, "inlined 7 call 4 units 20 count 10 depth 1 locals 2")) << text;
    EXPECT_TRUE(has(text, "GuardCallee v2, callee 7, names false, exit s0")) << text;
    EXPECT_TRUE(has(text, "Snapshot @22 locals(-) stack(v3, v2, v4, v5, ")) << text;
    EXPECT_FALSE(has(text, "CallFunction")) << text;
}

TEST(InlineCalls, NeedNoGuardForWhatTheCallerHolds) {
    PassContext own;
    EXPECT_FALSE(has(inlined(own), "GuardQuietEnd")) << inlined(own);
}

const char* const kOperator =
    "function %caller(locals 1, stack 4, entry 0) {\n"
    "block0:\n"
    "  v0: borrow Object = EntryLocal local 0, seen Bottom ; 0\n"
    "  v1: borrow FunctionExact = PeekFound object 0, type FunctionExact ; 0\n"
    "  v3: own Object = CopyLocal v0, local 0 ; 1\n"
    "  v4: own Object = CopyLocal v0, local 0 ; 2\n"
    "  v5: own Object = CopyLocal v0, local 0 ; 3\n"
    "  s0 = Snapshot @4 locals(-) stack(v3, v4, v5) ; 4\n"
    "  s1 = Snapshot @4 locals(-) stack(v3) ; 4\n"
    "  v6: own Object = CallOperator v1, v4, v5, callee 7, op 5, exit s1 ; 4\n"
    "  s2 = Snapshot @5 locals(-) stack(v3) ; 5\n"
    "  DecRef v6, exit s2 ; 5\n"
    "  s3 = Snapshot @6 locals(-) stack(v3) ; 6\n"
    "  Return v3, exit s3 ; 6\n"
    "}\n";

/// A method with this end in the place of an operator.
std::string inlinedOperator(const std::string& end) {
    std::string problem;
    hir::Function body = callee(std::string(kFirstArgument) + end);
    PassContext ofCallee = context(&problem);
    EXPECT_FALSE(makeInlinee(body, {}, ofCallee));
    PassContext own = context(&problem);
    own.facts.unitCount = 20;
    own.facts.inlinees[7] = {std::make_shared<const hir::Function>(std::move(body)), 2, 10, 10, false, false};
    auto function = hir::parse(kOperator);
    EXPECT_TRUE(function);
    EXPECT_EQ(runPass(PassId::inline_calls, *function, own), Changed::kYes);
    return problem.empty() ? hir::print(*function) : problem;
}

TEST(InlineCalls, KeepsTheOperandsOfAnOperatorBelowTheFrame) {
    const std::string text = inlinedOperator("  Return v0, exit s2 ; 2\n");
    EXPECT_TRUE(has(text, "inlined 7 call 4 units 20 count 10 depth 3 locals 2 operator 5")) << text;
    EXPECT_TRUE(has(text, "GuardCallee v1, callee 7, names false, exit s0")) << text;
    EXPECT_TRUE(has(text, "Snapshot @22 locals(-) stack(v3, v5, v4, ")) << text;
    EXPECT_TRUE(has(text, "ReleaseInOrder v4, v5, exit")) << text;
}

TEST(InlineCalls, AskOnWhereAnOperatorMayReturnNotImplemented) {
    const std::string text = inlinedOperator("  Return v0, exit s2 ; 2\n");
    EXPECT_TRUE(has(text, "TestNotImplemented")) << text;
    EXPECT_TRUE(has(text, "FinishOperator")) << text;
}

TEST(InlineCalls, DoNotAskWhatAnOperatorReturnsThatIsANumber) {
    const std::string text = inlinedOperator(
        "  DecRef v0, exit s2 ; 2\n"
        "  v1: Int64 = ConstInt value 3 ; 2\n"
        "  v2: own LongExact = BoxInt v1 ; 2\n"
        "  s4 = Snapshot @3 locals(-, -) stack(v2) ; 3\n"
        "  Return v2, exit s4 ; 3\n");
    EXPECT_FALSE(has(text, "TestNotImplemented")) << text;
    EXPECT_FALSE(has(text, "FinishOperator")) << text;
}

TEST(InlineCalls, LeavesCallsAloneThatWentOtherWays) {
    PassContext own;
    inlined(own);
    own.facts.notInlined.insert(4);
    auto function = hir::parse(kCaller);
    EXPECT_EQ(runPass(PassId::inline_calls, *function, own), Changed::kNo);
}

}  // namespace
}  // namespace pyjion::passes
