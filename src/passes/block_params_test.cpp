// SPDX-License-Identifier: MIT
#include "passes/block_params.h"

#include <gtest/gtest.h>

#include <string>

#include "hir/parse.h"
#include "hir/print.h"
#include "hir/verify.h"

namespace pyjion::passes {
namespace {

hir::Function parsed(const std::string& body) {
    auto function = hir::parse("function %f(locals 1, stack 2, entry 0) {\n" + body + "}\n");
    EXPECT_TRUE(function.ok()) << function.error().line << ": " << function.error().message;
    return function.ok() ? std::move(function.value()) : hir::Function();
}

/// The labels of the blocks, which show their parameters.
std::string labels(const hir::Function& function) {
    std::string text = hir::print(function);
    std::string result;
    for (size_t start = 0; start < text.size();) {
        size_t end = text.find('\n', start);
        if (text.compare(start, 5, "block") == 0) {
            result += text.substr(start, end - start) + " ";
        }
        start = end + 1;
    }
    return result;
}

void expectSound(const hir::Function& function) {
    std::vector<hir::VerifyError> errors = hir::verify(function, hir::Stage::Optimised);
    EXPECT_TRUE(errors.empty()) << hir::printErrors(function, errors);
}

TEST(RedundantParams, OneInputBesidesItself) {
    hir::Function function = parsed(R"(block0:
  v0: Int64 = ConstInt value 1 ; 0
  v1: Bool = ConstBool value true ; 0
  Jump block1(v0) ; 0
block1(v2: Int64):
  s0 = Snapshot @0 locals(-) stack() ; 0
  CheckPending exit s0 ; 0
  Branch v1, block1(v2), block2(v2) ; 0
block2(v3: Int64):
  v4: own LongExact = BoxInt v3 ; 0
  s1 = Snapshot @0 locals(-) stack(v4) ; 0
  Return v4, exit s1 ; 0
)");
    EXPECT_TRUE(removeRedundantParams(function));
    EXPECT_EQ(labels(function), "block0: block1: block2: ");
    EXPECT_NE(hir::print(function).find("BoxInt v0"), std::string::npos);
    expectSound(function);
    EXPECT_FALSE(removeRedundantParams(function));
}

/// Two counters that start with equal constants and are passed around equally, through two loops.
TEST(RedundantParams, EqualAroundLoops) {
    hir::Function function = parsed(R"(block0:
  v0: Int64 = ConstInt value 0 ; 0
  v1: Int64 = ConstInt value 0 ; 0
  v2: Bool = ConstBool value true ; 0
  Jump block1(v0, v1) ; 0
block1(v3: Int64, v4: Int64):
  Jump block2(v3, v4) ; 0
block2(v5: Int64, v6: Int64):
  v7: Int64 = IntAddUnchecked v5, v6 ; 0
  Branch v2, block2(v7, v7), block3 ; 0
block3:
  Branch v2, block1(v5, v6), block4 ; 0
block4:
  v8: own LongExact = BoxInt v6 ; 0
  s0 = Snapshot @0 locals(-) stack(v8) ; 0
  Return v8, exit s0 ; 0
)");
    EXPECT_TRUE(removeRedundantParams(function));
    EXPECT_EQ(labels(function), "block0: block1(v3: Int64): block2(v5: Int64): block3: block4: ");
    expectSound(function);
}

TEST(RedundantParams, DifferentConstantsStay) {
    hir::Function function = parsed(R"(block0:
  v0: Int64 = ConstInt value 0 ; 0
  v1: Int64 = ConstInt value 1 ; 0
  v2: Bool = ConstBool value true ; 0
  Jump block1(v0, v1) ; 0
block1(v3: Int64, v4: Int64):
  v5: Int64 = IntAddUnchecked v3, v4 ; 0
  Branch v2, block1(v5, v5), block2 ; 0
block2:
  v6: own LongExact = BoxInt v3 ; 0
  v7: own LongExact = BoxInt v4 ; 0
  s0 = Snapshot @0 locals(v7) stack(v6) ; 0
  Return v6, exit s0 ; 0
)");
    EXPECT_FALSE(removeRedundantParams(function));
}

/// Passing an owned value on is what consumes it; with one reference on all ways in that can be used as it is.
TEST(RedundantParams, OwnedWhereOneReferenceComesIn) {
    hir::Function function = parsed(R"(block0:
  s0 = Snapshot @0 locals(-) stack() ; 0
  v0: own Object = LoadLocal local 0, exit s0 ; 0
  v1: Bool = ConstBool value true ; 0
  Jump block1(v0) ; 0
block1(v2: own Object):
  Branch v1, block2(v2), block3(v2) ; 0
block2(v3: own Object):
  Jump block3(v3) ; 0
block3(v4: own Object):
  s1 = Snapshot @0 locals(-) stack(v4) ; 0
  Return v4, exit s1 ; 0
)");
    EXPECT_TRUE(removeRedundantParams(function));
    EXPECT_EQ(labels(function), "block0: block1: block2: block3: ");
    expectSound(function);
}

TEST(RedundantParams, OwnedStayInLoopsAndWhereSeveralComeIn) {
    hir::Function function = parsed(R"(block0:
  s0 = Snapshot @0 locals(-) stack() ; 0
  v0: own Object = LoadLocal local 0, exit s0 ; 0
  s2 = Snapshot @0 locals(-) stack(v0) ; 0
  v1: own Object = LoadLocal local 0, exit s2 ; 0
  v2: Bool = ConstBool value true ; 0
  Jump block1(v0, v1) ; 0
block1(v3: own Object, v4: own Object):
  Branch v2, block2(v3, v4), block1(v3, v4) ; 0
block2(v5: own Object, v6: own Object):
  Branch v2, block3(v5, v6), block3(v6, v5) ; 0
block3(v7: own Object, v8: own Object):
  s1 = Snapshot @0 locals(-) stack(v7, v8) ; 0
  Deoptimise reason Traced, exit s1 ; 0
)");
    EXPECT_TRUE(removeRedundantParams(function));
    EXPECT_EQ(labels(function),
              "block0: block1(v3: own Object, v4: own Object): block2: block3(v7: own Object, v8: own Object): ");
    expectSound(function);
}

/// An exit takes a reference for a borrowed value that it names, and gives an owned one away.
TEST(RedundantParams, ExitsKeepBorrowedParams) {
    hir::Function function = parsed(R"(block0:
  s0 = Snapshot @0 locals(-) stack() ; 0
  v0: own Object = LoadLocal local 0, exit s0 ; 0
  s1 = Snapshot @0 locals(-) stack() ; 0
  StoreLocal v0, local 0, exit s1 ; 0
  Jump block1(v0) ; 0
block1(v1: borrow Object):
  s2 = Snapshot @0 locals(-) stack(v1) ; 0
  CheckPending exit s2 ; 0
  Deoptimise reason Traced, exit s2 ; 0
)");
    EXPECT_FALSE(removeRedundantParams(function));
    expectSound(function);
}

}  // namespace
}  // namespace pyjion::passes
