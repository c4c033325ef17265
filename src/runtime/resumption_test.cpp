// SPDX-License-Identifier: MIT
// The table of places at which generators go on.
#include "runtime/resumption.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace pyjion::runtime {
namespace {

class ResumptionTableTest : public ::testing::Test {
  protected:
    Resumption* add(size_t unit) {
        places_.push_back(std::make_unique<Resumption>());
        places_.back()->position = code_.data() + unit;
        table_.add(places_.back().get());
        return places_.back().get();
    }
    const uint16_t* at(size_t unit) const { return code_.data() + unit; }

    std::vector<uint16_t> code_ = std::vector<uint16_t>(4096);
    std::vector<std::unique_ptr<Resumption>> places_;
    ResumptionTable table_;
};

TEST_F(ResumptionTableTest, AnEmptyOneHasNothing) {
    EXPECT_EQ(table_.at(at(0)), nullptr);
    EXPECT_EQ(table_.size(), 0u);
}

TEST_F(ResumptionTableTest, FindsEachPlaceAndNoOther) {
    for (size_t unit = 0; unit < code_.size(); unit += 3) {
        add(unit);
    }
    for (size_t unit = 0; unit < code_.size(); ++unit) {
        EXPECT_EQ(table_.at(at(unit)), unit % 3 == 0 ? places_[unit / 3].get() : nullptr);
    }
}

TEST_F(ResumptionTableTest, WhatIsRemovedHidesNothingBehindIt) {
    for (size_t unit = 0; unit < 200; ++unit) {
        add(unit);
    }
    for (size_t unit = 0; unit < 200; unit += 2) {
        table_.remove(places_[unit].get());
    }
    EXPECT_EQ(table_.size(), 100u);
    for (size_t unit = 0; unit < 200; ++unit) {
        EXPECT_EQ(table_.at(at(unit)), unit % 2 == 1 ? places_[unit].get() : nullptr);
    }
    for (size_t unit = 1; unit < 200; unit += 2) {
        table_.remove(places_[unit].get());
    }
    EXPECT_EQ(table_.size(), 0u);
    Resumption* again = add(7);
    EXPECT_EQ(table_.at(at(7)), again);
}

}  // namespace
}  // namespace pyjion::runtime
