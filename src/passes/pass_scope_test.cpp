// SPDX-License-Identifier: MIT
#include "passes/pass_scope.h"

#include <gtest/gtest.h>

#include "hir/generated/builder.h"
#include "hir/parse.h"
#include "passes/facts_text.h"
#include "passes/pipeline.h"

namespace pyjion::passes {
namespace {

hir::Function sample() {
    auto function = hir::parse(R"(function %f(locals 1, stack 1, entry 0) {
block0:
  v0: Int64 = ConstInt value 1
  s0 = Snapshot @0 locals(-) stack()
  Deoptimise reason Traced, exit s0
}
)");
    EXPECT_TRUE(function);
    return std::move(*function);
}

Changed addsConstant(hir::Function& function, PassContext&) {
    hir::Builder builder(function);
    builder.setInsertBefore(function.terminator(function.entry));
    builder.constInt(2);
    return Changed::kYes;
}
Changed liesAboutChange(hir::Function& function, PassContext& context) {
    addsConstant(function, context);
    return Changed::kNo;
}
Changed breaksTerminator(hir::Function& function, PassContext&) {
    function.remove(function.terminator(function.entry));
    return Changed::kYes;
}

PassInfo row(PassFn run) {
    return {PassId::simplify, "under_test", "", true, run};
}

struct Broken {
    explicit Broken(PassContext& context) {
        context.verify = true;
        context.onBroken = [this](std::string_view, const std::string& report) { reports.push_back(report); };
    }
    std::vector<std::string> reports;
};

TEST(PassScope, CountsRunsAndChanges) {
    PassContext context;
    Broken broken(context);
    hir::Function function = sample();
    EXPECT_EQ(runPass(row(addsConstant), function, context), Changed::kYes);
    EXPECT_EQ(runPass(PassId::eliminate_dead_code, function, context), Changed::kYes);
    EXPECT_EQ(runPass(PassId::eliminate_dead_code, function, context), Changed::kNo);
    const PassStatistics& statistics = context.statistics[static_cast<size_t>(PassId::eliminate_dead_code)];
    EXPECT_EQ(statistics.runs, 2u);
    EXPECT_EQ(statistics.changes, 1u);
    EXPECT_TRUE(broken.reports.empty());
}

TEST(PassScope, FindsALie) {
    PassContext context;
    Broken broken(context);
    hir::Function function = sample();
    runPass(row(liesAboutChange), function, context);
    ASSERT_EQ(broken.reports.size(), 1u);
    EXPECT_NE(broken.reports[0].find("changed nothing"), std::string::npos);
}

TEST(PassScope, FindsABrokenFunction) {
    PassContext context;
    Broken broken(context);
    hir::Function function = sample();
    runPass(row(breaksTerminator), function, context);
    ASSERT_EQ(broken.reports.size(), 1u);
    EXPECT_NE(broken.reports[0].find("[1]"), std::string::npos);
}

TEST(PassScopeDeath, AbortsWithTheTextWhenNobodyListens) {
    PassContext context;
    context.verify = true;
    hir::Function function = sample();
    EXPECT_DEATH(runPass(row(breaksTerminator), function, context), "under_test breaks rules");
}

TEST(PassScope, SkipsDisabledPasses) {
    PassContext context;
    context.disabled[static_cast<size_t>(PassId::simplify)] = true;
    hir::Function function = sample();
    EXPECT_EQ(runPass(row(addsConstant), function, context), Changed::kNo);
    EXPECT_EQ(fingerprint(function), fingerprint(sample()));
}

TEST(PassScope, DumpsChangesOnly) {
    PassContext context;
    std::vector<std::string> dumped;
    context.dump = [&](std::string_view pass, const hir::Function&) { dumped.emplace_back(pass); };
    hir::Function function = sample();
    constexpr PassId kTwice[] = {PassId::eliminate_dead_code, PassId::eliminate_dead_code};
    runPasses(kTwice, function, context);
    EXPECT_EQ(dumped, std::vector<std::string>{"eliminate_dead_code"});
}

TEST(PassScope, FingerprintSeesBytecodes) {
    hir::Function function = sample();
    uint64_t before = fingerprint(function);
    function.instrs[hir::InstrId(0)].bytecode = 5;
    EXPECT_NE(fingerprint(function), before);
}

TEST(Passes, AreFoundByName) {
    EXPECT_EQ(allPasses().size(), kPassCount);
    for (const PassInfo& pass : allPasses()) {
        EXPECT_EQ(findPass(pass.name), pass.id);
    }
    EXPECT_FALSE(findPass("simplif"));
}

TEST(Fuel, RunsOut) {
    Fuel fuel(2);
    EXPECT_TRUE(fuel.take());
    EXPECT_FALSE(fuel.isEmpty());
    EXPECT_TRUE(fuel.take());
    EXPECT_TRUE(fuel.isEmpty());
    EXPECT_FALSE(fuel.take());
    EXPECT_EQ(fuel.used(), 2u);
    EXPECT_FALSE(Fuel().isEmpty());
}

TEST(FactsText, IsRead) {
    hir::Function function = sample();
    CodeFacts facts;
    auto problem = readFacts(
        "; fact: arguments 2\n; fact: constant 1 Int -5\n; fact: constant 0 Double 0.5\n; fact: constant 2 Bool true\n"
        "; a comment\n; fact: object 1 builtins.range\n; fact: global 3 object 1 TypeObject\n; fact: entry 0 "
        "LongExact\n",
        function, facts);
    EXPECT_FALSE(problem) << *problem;
    EXPECT_EQ(facts.argumentCount, 2u);
    ASSERT_EQ(facts.constants.size(), 3u);
    EXPECT_EQ(facts.constants[1].integer, -5);
    EXPECT_EQ(facts.constants[0].real, 0.5);
    EXPECT_EQ(facts.constants[2].kind, ConstantFact::Kind::Bool);
    EXPECT_EQ(facts.objects[1], "builtins.range");
    EXPECT_EQ(facts.globals[3].object, 1u);
    EXPECT_EQ(facts.globals[3].type, hir::kTypeObject);
    EXPECT_EQ(function.entryTypes[0], hir::kLongExact);
    for (const char* wrong : {"; fact: arguments", "; fact: constant 0 Number 1", "; fact: entry 1 LongExact",
                              "; fact: arguments 1 2", "; fact: weather fine", "; fact: constant 0 Bool 1"}) {
        EXPECT_TRUE(readFacts(wrong, function, facts)) << wrong;
    }
}

}  // namespace
}  // namespace pyjion::passes
