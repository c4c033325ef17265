// SPDX-License-Identifier: MIT
#include "driver/statistics.h"

#include <gtest/gtest.h>

namespace pyjion::driver {
namespace {

TEST(PausesTest, NoneAtFirst) {
    const Pauses pauses;
    EXPECT_EQ(pauses.count(), 0u);
    EXPECT_EQ(pauses.largest(), 0.0);
    EXPECT_EQ(pauses.quantile(0.99), 0.0);
}

TEST(PausesTest, QuantilesAreRightToTheStep) {
    Pauses pauses;
    for (int i = 0; i < 98; ++i) {
        pauses.add(0.5);
    }
    pauses.add(3.0);
    pauses.add(40.0);
    EXPECT_EQ(pauses.count(), 100u);
    EXPECT_EQ(pauses.largest(), 40.0);
    EXPECT_GE(pauses.quantile(0.5), 0.5);
    EXPECT_LT(pauses.quantile(0.98), 0.5 * 1.1);
    EXPECT_GE(pauses.quantile(0.99), 3.0);
    EXPECT_LT(pauses.quantile(0.99), 3.0 * 1.1);
    EXPECT_EQ(pauses.quantile(1), 40.0);
}

TEST(PausesTest, AnyLengthHasItsPlace) {
    Pauses pauses;
    pauses.add(0);
    pauses.add(1e-9);
    EXPECT_LE(pauses.quantile(1), pauses.largest());
    pauses.add(1e9);
    EXPECT_EQ(pauses.count(), 3u);
    EXPECT_EQ(pauses.largest(), 1e9);
    EXPECT_GT(pauses.quantile(1), 1000.0);
}

}  // namespace
}  // namespace pyjion::driver
