// SPDX-License-Identifier: MIT
#include "clr/unwind.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pyjion::clr {
namespace {

// push rbp; push rbx; sub rsp, 24, as the JIT describes it.
const std::vector<uint8_t> kPrologue = {
    1, 0, 0xff, 0xff, 8,  0, 0, 0,  // after 1 byte the frame has 8 bytes more
    1, 2, 6,    0,    0,  0, 0, 0,  // and rbp (6) is at its end
    2, 0, 0xff, 0xff, 8,  0, 0, 0,  //
    2, 2, 3,    0,    0,  0, 0, 0,  // rbx (3)
    6, 0, 0xff, 0xff, 24, 0, 0, 0,
};

TEST(UnwindTest, TranslatesAPrologue) {
    auto info = readUnwindRecords(kPrologue);
    ASSERT_TRUE(info) << info.error();
    EXPECT_EQ(info->frameBytes, 40u);
    const std::vector<uint8_t> expected = {
        0x02, 1,      // advance by 1
        0x0e, 16,     // CFA is rsp + 16
        0x05, 6,  2,  // rbp is at CFA - 16
        0x02, 1,      // advance by 1
        0x0e, 24,     //
        0x05, 3,  3,  // rbx is at CFA - 24
        0x02, 4,      // advance by 4
        0x0e, 48,
    };
    EXPECT_EQ(info->instructions, expected);
}

TEST(UnwindTest, LargeFramesTakeSeveralBytes) {
    auto info = readUnwindRecords(std::vector<uint8_t>{7, 0, 0xff, 0xff, 0x00, 0x10, 0, 0});
    ASSERT_TRUE(info);
    EXPECT_EQ(info->frameBytes, 4096u);
    EXPECT_EQ(info->instructions, (std::vector<uint8_t>{0x02, 7, 0x0e, 0x88, 0x20}));
}

TEST(UnwindTest, RefusesWhatItDoesNotKnow) {
    EXPECT_FALSE(readUnwindRecords(std::vector<uint8_t>{1, 0, 0xff}));
    EXPECT_FALSE(readUnwindRecords(std::vector<uint8_t>{1, 9, 0, 0, 0, 0, 0, 0}));
    EXPECT_FALSE(readUnwindRecords(std::vector<uint8_t>{1, 2, 0xff, 0xff, 0, 0, 0, 0}));
    EXPECT_FALSE(readUnwindRecords(std::vector<uint8_t>{4, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0}));
}

TEST(UnwindTest, SectionIsMadeOfWholeEntries) {
    EhFrame frames;
    const size_t first = frames.add(reinterpret_cast<const void*>(0x1000), 64, {});
    frames.add(reinterpret_cast<const void*>(0x2000), 32, readUnwindRecords(kPrologue)->instructions);
    EXPECT_EQ(frames.waste(), 0u);
    frames.remove(first);
    EXPECT_EQ(frames.waste(), 32u);
    const std::vector<uint8_t>& bytes = frames.bytes();
    size_t at = 0;
    std::vector<uint32_t> ciePointers;
    std::vector<uint64_t> starts;
    for (;;) {
        ASSERT_LE(at + 4, bytes.size());
        uint32_t length = 0;
        std::memcpy(&length, &bytes[at], 4);
        if (length == 0) {
            break;
        }
        EXPECT_EQ((length + 4) % 8, 0u);
        uint32_t pointer = 0;
        std::memcpy(&pointer, &bytes[at + 4], 4);
        ciePointers.push_back(pointer == 0 ? 0 : static_cast<uint32_t>(at + 4 - pointer) + 1);
        uint64_t start = 0;
        std::memcpy(&start, &bytes[at + 8], 8);
        starts.push_back(start);
        at += 4 + length;
    }
    EXPECT_EQ(at + 4, bytes.size());
    EXPECT_EQ(ciePointers, (std::vector<uint32_t>{0, 1, 1}));  // a CIE, and two entries that point to it at 0
    EXPECT_EQ((std::vector<uint64_t>{starts[1], starts[2]}), (std::vector<uint64_t>{0, 0x2000}));
}

}  // namespace
}  // namespace pyjion::clr
