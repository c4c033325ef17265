// SPDX-License-Identifier: MIT
#include "passes/narrow_types.h"

#include <gtest/gtest.h>

#include <string>

#include "hir/parse.h"
#include "hir/verify.h"

namespace pyjion::passes {
namespace {

using hir::ValueId;

class NarrowTypesTest : public testing::Test {
  protected:
    void parse(const std::string& body) {
        auto function = hir::parse("function %f(locals 1, stack 1, entry 0) {\n" + body + "}\n");
        ASSERT_TRUE(function.ok()) << function.error().line << ": " << function.error().message;
        function_ = std::move(function.value());
    }
    hir::Type typeOf(uint32_t value) const { return function_.values[ValueId(value)].type; }
    void expectSound() {
        std::vector<hir::VerifyError> errors = hir::verify(function_, hir::Stage::Optimised);
        EXPECT_TRUE(errors.empty()) << hir::printErrors(function_, errors);
    }

    hir::Function function_;
};

TEST_F(NarrowTypesTest, ALoopDoesNotWidenItself) {
    parse(R"(block0:
  v0: borrow LongExact = LoadConst constant 0, type LongExact ; 0
  v1: Bool = ConstBool value true ; 0
  Jump block1(v0) ; 0
block1(v2: borrow Object|Null):
  s0 = Snapshot @0 locals(-) stack() ; 0
  v3: borrow Object = GuardBound v2, exit s0 ; 0
  Branch v1, block1(v3), block2 ; 0
block2:
  Deoptimise reason Traced, exit s0 ; 0
)");
    EXPECT_TRUE(narrowTypes(function_));
    EXPECT_EQ(typeOf(2), hir::kLongExact);
    EXPECT_EQ(typeOf(3), hir::kLongExact);
    expectSound();
    EXPECT_FALSE(narrowTypes(function_));
}

TEST_F(NarrowTypesTest, AParameterHasTheUnionOfItsArguments) {
    parse(R"(block0:
  v0: borrow LongExact = LoadConst constant 0, type LongExact ; 0
  v1: borrow StrExact = LoadConst constant 1, type StrExact ; 0
  v2: Bool = ConstBool value true ; 0
  Branch v2, block1(v0), block1(v1) ; 0
block1(v3: borrow Object):
  s0 = Snapshot @0 locals(-) stack(v3) ; 0
  Deoptimise reason Traced, exit s0 ; 0
)");
    EXPECT_TRUE(narrowTypes(function_));
    EXPECT_EQ(typeOf(3), hir::kLongExact | hir::kStrExact);
}

/// A guard that always leaves has no result; what it flows into must take its declared type all the same.
TEST_F(NarrowTypesTest, ImpossibleValuesKeepTheirTypes) {
    parse(R"(block0:
  s0 = Snapshot @0 locals(-) stack() ; 0
  v0: borrow Null = EntryLocal local 0, seen Bottom ; 0
  v1: borrow LongExact = LoadConst constant 0, type LongExact ; 0
  v2: Bool = ConstBool value true ; 0
  v3: borrow Object = GuardBound v0, exit s0 ; 0
  Branch v2, block1(v1), block1(v3) ; 0
block1(v4: borrow Object):
  Deoptimise reason Traced, exit s0 ; 0
)");
    narrowTypes(function_);
    EXPECT_EQ(typeOf(3), hir::kObject);
    EXPECT_EQ(typeOf(4), hir::kObject);
    expectSound();
}

/// What is made of such a value has the type of that, although it is declared as less.
TEST_F(NarrowTypesTest, WhatComesOfAnImpossibleValueFollowsIt) {
    parse(R"(block0:
  s0 = Snapshot @0 locals(-) stack() ; 0
  v0: borrow FloatExact = LoadConst constant 0, type FloatExact ; 0
  v1: borrow LongExact = GuardType v0, type LongExact, exit s0 ; 0
  v2: own Object = IncRef v1 ; 0
  DecRef v2 ; 0
  Deoptimise reason Traced, exit s0 ; 0
)");
    EXPECT_TRUE(narrowTypes(function_));
    EXPECT_EQ(typeOf(1), hir::kLongExact);
    EXPECT_EQ(typeOf(2), hir::kLongExact);
    expectSound();
}

}  // namespace
}  // namespace pyjion::passes
