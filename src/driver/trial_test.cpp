// SPDX-License-Identifier: MIT
#include "driver/trial.h"

#include <gtest/gtest.h>

namespace pyjion::driver {
namespace {

void run(Trial& trial, Trial::Kind kind, uint64_t cycles) {
    trial.kind = kind;
    trial.note(cycles, 1);
}

TEST(TrialTest, IsDecidedByShortRunsWhenBothKindsAreComplete) {
    Trial trial;
    for (uint32_t i = 0; i < Trial::kRuns; ++i) {
        EXPECT_FALSE(trial.isDecided());
        run(trial, Trial::Interpreted, 200);
        EXPECT_FALSE(trial.isDecided());
        run(trial, Trial::Compiled, 100);
    }
    EXPECT_TRUE(trial.isDecided());
    EXPECT_EQ(trial.typicalRun(Trial::Interpreted), 200u);
    EXPECT_EQ(trial.typicalRun(Trial::Compiled), 100u);
}

TEST(TrialTest, IsDecidedByFewLongRuns) {
    Trial trial;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(trial.isDecided());
        run(trial, Trial::Interpreted, 30'000'000);
        run(trial, Trial::Compiled, 10'000'000);
    }
    EXPECT_TRUE(trial.isDecided());
}

TEST(TrialTest, TakesTheKindThatIsNotComplete) {
    Trial trial;
    for (uint32_t i = 0; i < Trial::kRuns; ++i) {
        run(trial, Trial::Compiled, 1);
    }
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(trial.nextKind(), Trial::Interpreted);
    }
}

/// The kinds that a trial asks for, and how many of these runs have counted.
uint32_t countSeries(Trial& trial, uint64_t cycles, uint32_t runs, uint32_t& changes) {
    for (uint32_t i = 0; i < runs; ++i) {
        const Trial::Kind next = trial.nextKind();
        changes += next != trial.kind ? 1 : 0;
        run(trial, next, cycles);
    }
    return trial.counts[Trial::Interpreted] + trial.counts[Trial::Compiled];
}

TEST(TrialTest, ShortRunsComeInSeriesWhoseFirstRunsDoNotCount) {
    Trial trial;
    uint32_t changes = 0;
    const uint32_t counted = countSeries(trial, 500, 100, changes);
    EXPECT_GE(changes, 3u);
    EXPECT_LE(changes, 25u);
    EXPECT_LE(counted, 100 - 2 * (changes - 1));
    EXPECT_GE(counted, 100 - 2 * (changes + 1));
}

TEST(TrialTest, EachLongRunCounts) {
    Trial trial;
    uint32_t changes = 0;
    EXPECT_EQ(countSeries(trial, 50'000, 40, changes), 40u);
    EXPECT_GE(changes, 10u);
}

TEST(TrialTest, EnteringCountsForRunsThatCount) {
    Trial trial;
    for (uint32_t i = 0; i < 40; ++i) {
        trial.kind = trial.nextKind();
        trial.note(500, 1, 45);
    }
    EXPECT_EQ(trial.toEnter, 45u * trial.counts[Trial::Compiled]);
}

/// Whoever goes on measuring writes into nothing else.
TEST(TrialTest, WhatIsCompleteTakesNoMore) {
    Trial trial;
    for (uint32_t i = 0; i < 3 * Trial::kRuns; ++i) {
        run(trial, trial.nextKind(), 7);
        run(trial, Trial::Compiled, 7);
        run(trial, Trial::Interpreted, 7);
    }
    EXPECT_EQ(trial.counts[Trial::Interpreted], Trial::kRuns);
    EXPECT_EQ(trial.counts[Trial::Compiled], Trial::kRuns);
    EXPECT_EQ(trial.total, 2 * 7 * Trial::kRuns);
    EXPECT_EQ(trial.toEnter, 0u);
    EXPECT_EQ(trial.typicalRun(Trial::Compiled), 7u);
}

TEST(TrialTest, NoTwoHaveOneNumber) {
    const Trial first;
    const Trial second;
    EXPECT_NE(first.number, second.number);
}

}  // namespace
}  // namespace pyjion::driver
