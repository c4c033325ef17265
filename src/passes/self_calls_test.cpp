// SPDX-License-Identifier: MIT
// Bodies without frames that recursive calls enter, and what enters them.
#include "passes/self_calls.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "hir/parse.h"
#include "hir/print.h"
#include "passes/inlinee.h"
#include "passes/pass_scope.h"

namespace pyjion::passes {
namespace {

constexpr uint32_t kSelf = 3;

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

hir::Function parsed(const std::string& text) {
    auto function = hir::parse(text);
    EXPECT_TRUE(function) << (function ? "" : function.error().message);
    return std::move(*function);
}

/// Of `def f(n): return n if n < 2 else f(n - 1)`, with `last` for what is done with the call's result.
std::string recursive(const char* last) {
    return std::string(
               "function %f(locals 1, stack 4, entry 0) {\n"
               "block0:\n"
               "  s0 = Snapshot @1 locals(-) stack() ; 1\n"
               "  v0: own Object = LoadLocal local 0, exit s0 ; 1\n"
               "  v1: borrow LongExact = LoadConst constant 0, type LongExact ; 2\n"
               "  v2: own LongExact = IncRef v1 ; 2\n"
               "  s1 = Snapshot @3 locals(-) stack(v0, v2) ; 3\n"
               "  s2 = Snapshot @3 locals(-) stack() ; 3\n"
               "  v3: own Object = CompareOp v0, v2, operator Less, site 0, seenLeft LongExact, seenRight LongExact, "
               "exit s2 ; 3\n"
               "  s3 = Snapshot @4 locals(-) stack(v3) ; 4\n"
               "  s4 = Snapshot @4 locals(-) stack() ; 4\n"
               "  v4: Bool = Truth v3, site 4, seen BoolExact, exit s4 ; 4\n"
               "  Branch v4, block1, block2 ; 4\n"
               "block1:\n"
               "  s5 = Snapshot @5 locals(-) stack() ; 5\n"
               "  v5: own Object = LoadLocal local 0, exit s5 ; 5\n"
               "  s6 = Snapshot @6 locals(-) stack(v5) ; 6\n"
               "  Return v5, exit s6 ; 6\n"
               "block2:\n"
               "  s7 = Snapshot @7 locals(-) stack() ; 7\n"
               "  v6: own Null = Null ; 7\n"
               "  v7: own Object = LoadGlobal name 0, site 1, exit s7 ; 7\n"
               "  s8 = Snapshot @8 locals(-) stack(v6, v7) ; 8\n"
               "  v8: own Object = LoadLocal local 0, exit s8 ; 8\n"
               "  v9: borrow LongExact = LoadConst constant 1, type LongExact ; 9\n"
               "  v10: own LongExact = IncRef v9 ; 9\n"
               "  s9 = Snapshot @10 locals(-) stack(v6, v7, v8, v10) ; 10\n"
               "  s10 = Snapshot @10 locals(-) stack(v6, v7) ; 10\n"
               "  v11: own Object = BinaryOp v8, v10, operator Subtract, site 2, seenLeft LongExact, "
               "seenRight LongExact, exit s10 ; 10\n"
               "  s11 = Snapshot @11 locals(-) stack(v6, v7, v11) ; 11\n"
               "  s12 = Snapshot @11 locals(-) stack() ; 11\n"
               "  v12: own Object = Call v6, v7, v11, site 3, seen LongExact, exit s12 ; 11\n"
               "  s13 = Snapshot @12 locals(-) stack(v12) ; 12\n") +
           last + "}\n";
}

const char* const kReturned = "  Return v12, exit s13 ; 12\n";

struct Made {
    std::string text;  // the body, or why there is none
    SelfFact self;
};

PassContext context(std::string* problem) {
    PassContext made;
    made.facts.argumentCount = 1;
    made.facts.unitCount = 20;
    made.facts.constants = {{ConstantFact::Kind::Int, 2, 0, {}}, {ConstantFact::Kind::Int, 1, 0, {}}};
    made.facts.functions[1] = {kSelf, 1, true, nullptr};
    made.verify = true;
    made.onBroken = [problem](std::string_view, const std::string& report) { *problem = report; };
    return made;
}

Made bodyOf(const std::string& text, bool returnsNumber, bool withLevel = false) {
    std::string problem;
    PassContext own = context(&problem);
    own.facts.functions[1].returnsInt = returnsNumber;
    if (withLevel) {
        hir::Function level = parsed(text);
        EXPECT_FALSE(makeInlinee(level, {}, own, kSelf));
        InlineeFact fact;
        fact.localCount = 1;
        fact.unitCount = fact.ownUnitCount = 20;
        fact.body = std::make_shared<const hir::Function>(std::move(level));
        own.facts.inlinees.emplace(kSelf, std::move(fact));
    }
    Made made;
    made.self.callee = kSelf;
    hir::Function function = parsed(text);
    const std::optional<std::string> obstacle = makeSelfBody(function, returnsNumber, made.self, own);
    made.text = !problem.empty() ? problem : obstacle ? "not: " + *obstacle : hir::print(function);
    return made;
}

TEST(SelfBodies, PassNumbers) {
    const Made made = bodyOf(recursive(kReturned), true);
    EXPECT_EQ(made.self.passesNumbers, std::vector<bool>{true}) << made.text;
    EXPECT_TRUE(made.self.returnsNumber);
    EXPECT_TRUE(has(made.text, "PassedInt index 0")) << made.text;
    EXPECT_TRUE(has(made.text, "CallSelfInt")) << made.text;
    EXPECT_TRUE(has(made.text, "PassBackInt")) << made.text;
    EXPECT_FALSE(has(made.text, "PassedObject")) << made.text;
}

/// Who enters the body has looked: no name is looked up in it, and no function compared.
TEST(SelfBodies, KnowTheirName) {
    const Made made = bodyOf(recursive(kReturned), true);
    EXPECT_EQ(made.self.names, (std::map<uint32_t, uint32_t>{{0, 1}})) << made.text;
    EXPECT_FALSE(has(made.text, "QuietGlobal")) << made.text;
    EXPECT_FALSE(has(made.text, "GuardSelf")) << made.text;
    EXPECT_TRUE(has(made.text, "GuardRoom")) << made.text;
}

TEST(SelfBodies, ReturnObjectsWhereNotAllAreInts) {
    const std::string text = recursive(
        "  s14 = Snapshot @12 locals(-) stack() ; 12\n"
        "  DecRef v12, exit s14 ; 12\n"
        "  v13: borrow StrExact = LoadConst constant 2, type StrExact ; 13\n"
        "  v14: own StrExact = IncRef v13 ; 13\n"
        "  s15 = Snapshot @14 locals(-) stack(v14) ; 14\n"
        "  Return v14, exit s15 ; 14\n");
    EXPECT_TRUE(has(bodyOf(text, true).text, "not: it returns more")) << bodyOf(text, true).text;
    const Made objects = bodyOf(recursive(kReturned), false);
    EXPECT_FALSE(objects.self.returnsNumber);
    EXPECT_TRUE(has(objects.text, "PassBack v")) << objects.text;
    EXPECT_TRUE(has(objects.text, "own Object = CallSelf ")) << objects.text;
}

TEST(SelfBodies, HaveOneLevelInThem) {
    const Made made = bodyOf(recursive(kReturned), true, true);
    EXPECT_TRUE(has(made.text, "inlined 3 call 11 units 21 count 20 depth 2 locals 1")) << made.text;
    EXPECT_FALSE(has(made.text, "GuardCallee")) << made.text;
    // One look does for both calls, and what goes round is a number.
    EXPECT_EQ(made.text.find("GuardRoom"), made.text.rfind("GuardRoom")) << made.text;
    EXPECT_FALSE(has(made.text, "own LongExact):")) << made.text;
}

const char* const kCaller =
    "function %f(locals 1, stack 4, entry 0) {\n"
    "block0:\n"
    "  v0: borrow Object = EntryLocal local 0, seen LongExact ; 0\n"
    "  s0 = Snapshot @1 locals(-) stack() ; 1\n"
    "  v1: borrow LongExact = GuardType v0, type LongExact, exit s0 ; 1\n"
    "  v2: Int64 = UnboxInt v1, exit s0 ; 1\n"
    "  v3: own Object = LoadGlobal name 0, site 1, exit s0 ; 1\n"
    "  s1 = Snapshot @2 locals(-) stack(v3) ; 2\n"
    "  v4: own LongExact = ARGUMENT ; 2\n"
    "  s2 = Snapshot @3 locals(-) stack(v3, v4) ; 3\n"
    "  s3 = Snapshot @3 locals(-) stack() ; 3\n"
    "  v5: own Object = CallFunction v3, v4, callee 3, exit s3 ; 3\n"
    "  s4 = Snapshot @4 locals(-) stack(v5) ; 4\n"
    "  Return v5, exit s4 ; 4\n"
    "}\n";

std::string called(const char* argument, bool returnsNumber) {
    std::string text = kCaller;
    text.replace(text.find("ARGUMENT"), 8, argument);
    std::string problem;
    PassContext own = context(&problem);
    own.facts.self = SelfFact{kSelf, {true}, returnsNumber, {{0, 1}}};
    hir::Function function = parsed(text);
    runPass(PassId::call_self, function, own);
    return problem.empty() ? hir::print(function) : problem;
}

TEST(SelfCalls, EnterTheBody) {
    const std::string text = called("BoxInt v2", true);
    for (const char* part : {"GuardCallee v3, callee 3", "GuardOwnName name 0, site 1", "GuardSelf v3", "GuardRoom",
                             "Int64 = CallSelfInt v2, callee 3", "BoxInt"}) {
        EXPECT_TRUE(has(text, part)) << part << "\n" << text;
    }
    EXPECT_FALSE(has(text, "CallFunction")) << text;
    EXPECT_TRUE(has(called("BoxInt v2", false), "own Object = CallSelf v2"));
}

/// Somebody else has the object of a local.
TEST(SelfCalls, PassNoNumberOfAnObjectThatOthersHave) {
    EXPECT_TRUE(has(called("IncRef v1", true), "CallFunction"));
}

}  // namespace
}  // namespace pyjion::passes
