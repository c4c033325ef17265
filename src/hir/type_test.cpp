// SPDX-License-Identifier: MIT
// Properties of the type lattice, over all pairs of a sample, and its text form.
#include "hir/type.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pyjion::hir {
namespace {

std::vector<Type> sample() {
    std::vector<Type> types = {kBottom, kObject, kUnboxed, kPlainData, kNull, kObject | kNull, kObject - kListExact};
#define TYPE(name, bit) types.push_back(k##name);
    PYJION_HIR_LEAF_TYPES(TYPE)
#undef TYPE
    std::mt19937 random(7);
    for (int i = 0; i < 40; ++i) {
        types.push_back(Type::fromBits(static_cast<uint32_t>(random()) & 0xFFFFF));
    }
    return types;
}

TEST(Type, JoinAndMeetAreBounds) {
    for (Type a : sample()) {
        for (Type b : sample()) {
            EXPECT_TRUE(a.isSubtypeOf(a | b));
            EXPECT_TRUE((a & b).isSubtypeOf(a));
            EXPECT_EQ(a.isSubtypeOf(b), (a | b) == b);
            EXPECT_EQ(a.isSubtypeOf(b), (a & b) == a);
            EXPECT_EQ(a.mayBe(b), !(a & b).isBottom());
            EXPECT_FALSE((a - b).mayBe(b));
            EXPECT_EQ((a - b) | (a & b), a);
        }
    }
}

TEST(Type, ObjectsNullAndUnboxedAreApart) {
    EXPECT_FALSE(kObject.mayBe(kNull));
    EXPECT_FALSE(kObject.mayBe(kUnboxed));
    EXPECT_FALSE(kNull.mayBe(kUnboxed));
    EXPECT_FALSE(kPlainData.mayBe(kUnboxed));
}

TEST(Type, TextIsReadBack) {
    for (Type type : sample()) {
        std::optional<Type> again = parseType(toString(type));
        ASSERT_TRUE(again) << toString(type);
        EXPECT_EQ(*again, type) << toString(type);
    }
}

TEST(Type, Text) {
    EXPECT_EQ(toString(kBottom), "Bottom");
    EXPECT_EQ(toString(kNull | kObject), "Object|Null");
    EXPECT_EQ(toString(kFloatExact | kLongExact), "LongExact|FloatExact");
    for (const char* wrong : {"", "Objekt", "Object|", "|Null", "Bit", "Bit32", "Bit1x", "Object |Null"}) {
        EXPECT_FALSE(parseType(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace pyjion::hir
