// SPDX-License-Identifier: MIT
#include "clr/perf_map.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "clr/sketch.h"

namespace pyjion::clr {
namespace {

namespace fs = std::filesystem;

std::string mapPath(pid_t pid) {
    return "/tmp/perf-" + std::to_string(pid) + ".map";
}

std::string contents(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string lineOf(const NativeCode& code) {
    char line[128];
    std::snprintf(line, sizeof line, "%lx %x py::%s\n", reinterpret_cast<uintptr_t>(code.entry()),
                  code.description().codeSize, code.description().name.c_str());
    return line;
}

class PerfMapTest : public testing::Test {
  protected:
    void SetUp() override { fs::remove(mapPath(getpid())); }
    void TearDown() override {
        disablePerfMap();
        fs::remove(mapPath(getpid()));
    }
};

TEST_F(PerfMapTest, NamesFunctions) {
    ASSERT_TRUE(enablePerfMap());
    auto sum = test::SumLoop().compile();
    auto add = test::AddMethod().compile();
    EXPECT_EQ(contents(mapPath(getpid())), lineOf(*sum) + lineOf(*add));
    struct stat status;
    ASSERT_EQ(stat(mapPath(getpid()).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    disablePerfMap();
    auto later = test::AddMethod().compile();
    EXPECT_EQ(contents(mapPath(getpid())), lineOf(*sum) + lineOf(*add));
}

TEST_F(PerfMapTest, NothingWhenDisabled) {
    auto sum = test::SumLoop().compile();
    EXPECT_FALSE(fs::exists(mapPath(getpid())));
}

TEST_F(PerfMapTest, AChildHasItsOwnFile) {
    ASSERT_TRUE(enablePerfMap());
    auto sum = test::SumLoop().compile();
    const pid_t child = fork();
    if (child == 0) {
        auto add = test::AddMethod().compile();
        const bool good = contents(mapPath(getpid())) == lineOf(*add);
        fs::remove(mapPath(getpid()));
        _exit(good ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(contents(mapPath(getpid())), lineOf(*sum));
}

TEST_F(PerfMapTest, DoesNotFollowLinks) {
    const std::string victim = mapPath(getpid()) + ".victim";
    std::ofstream(victim) << "untouched";
    fs::create_symlink(victim, mapPath(getpid()));
    EXPECT_FALSE(enablePerfMap());
    EXPECT_FALSE(isPerfMapEnabled());
    auto sum = test::SumLoop().compile();
    EXPECT_EQ(contents(victim), "untouched");
    fs::remove(mapPath(getpid()));
    fs::create_hard_link(victim, mapPath(getpid()));
    EXPECT_FALSE(enablePerfMap());
    EXPECT_EQ(contents(victim), "untouched");
    fs::remove(victim);
}

}  // namespace
}  // namespace pyjion::clr
