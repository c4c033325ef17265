// SPDX-License-Identifier: MIT
#include "clr/cpu_features.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace pyjion::clr {
namespace {

// What the kernel says about the first processor, as an independent witness.
bool kernelSees(const std::string& flag) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("flags")) {
            std::istringstream words(line);
            for (std::string word; words >> word;) {
                if (word == flag) {
                    return true;
                }
            }
            return false;
        }
    }
    return false;
}

TEST(CpuFeaturesTest, AgreesWithTheKernel) {
    const CpuLevel level = detectCpuLevel();
    EXPECT_EQ(level >= CpuLevel::Sse42, kernelSees("sse4_2") && kernelSees("popcnt") && kernelSees("ssse3"));
    if (level >= CpuLevel::Sse42) {
        EXPECT_EQ(level >= CpuLevel::Avx, kernelSees("avx"));
    }
    if (level >= CpuLevel::Avx) {
        // Kernels of some virtual machines do not list `abm`, which LZCNT is a part of.
        const bool hasLzcnt = kernelSees("abm") || __builtin_cpu_supports("lzcnt");
        EXPECT_EQ(level >= CpuLevel::Avx2, kernelSees("avx2") && kernelSees("bmi1") && kernelSees("bmi2") &&
                                               kernelSees("fma") && hasLzcnt && kernelSees("movbe"));
    }
}

TEST(CpuFeaturesTest, SetsAreClosed) {
    EXPECT_EQ(instructionSetBits(CpuLevel::Base)[0], uint64_t{1} << 1 | uint64_t{1} << 31);
    EXPECT_EQ(instructionSetBits(CpuLevel::Sse42)[0], uint64_t{0b11} << 1 | uint64_t{0b11} << 31);
    EXPECT_EQ(instructionSetBits(CpuLevel::Avx)[0], uint64_t{0b111} << 1 | uint64_t{0b111} << 31);
    EXPECT_EQ(instructionSetBits(CpuLevel::Avx2)[0], uint64_t{0b1111} << 1 | uint64_t{0b1111} << 31);
    EXPECT_EQ(instructionSetBits(CpuLevel::Avx2)[1], 0u);
}

}  // namespace
}  // namespace pyjion::clr
