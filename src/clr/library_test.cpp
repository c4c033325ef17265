// SPDX-License-Identifier: MIT
// Loading: the real JIT, and everything that can be found in its place.
#include "clr/library.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "clr/sketch.h"

namespace pyjion::clr {
namespace {

LoadError errorOf(std::vector<std::string> candidates) {
    LoadOptions options;
    options.candidates = std::move(candidates);
    options.advice = "Do this and that.";
    auto loaded = Library::load(options);
    return loaded ? LoadError{} : loaded.error();
}

class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& contents) {
        std::string name = (std::filesystem::temp_directory_path() / "clr_test_XXXXXX").string();
        close(mkstemp(name.data()));
        path_ = name;
        std::ofstream(path_) << contents;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// A library cannot be unloaded: each of these runs alone in a new process of this program ("threadsafe" death tests
// start the program again), where its body must end with true.
class FreshProcess : public testing::Test {
  protected:
    void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

#define EXPECT_IN_FRESH_PROCESS(...) EXPECT_EXIT(std::_Exit((__VA_ARGS__)() ? 0 : 1), testing::ExitedWithCode(0), "")

bool complain(const LoadError& error) {
    std::fprintf(stderr, "kind %d: %s\n", static_cast<int>(error.kind), error.message.c_str());
    return false;
}

bool isError(std::vector<std::string> candidates, LoadErrorKind kind, std::vector<std::string> parts) {
    const LoadError error = errorOf(std::move(candidates));
    for (const std::string& part : parts) {
        if (!contains(error.message, part)) {
            return complain(error);
        }
    }
    return error.kind == kind ? true : complain(error);
}

TEST_F(FreshProcess, ErrorSaysWhatWasLookedForWhere) {
    EXPECT_IN_FRESH_PROCESS([] {
        const std::vector<std::string> paths = {"/nowhere/a/libclrjit.so", "/nowhere/b/libclrjit.so"};
        return isError(paths, LoadErrorKind::NotFound, {".NET 10.0", paths[0], paths[1], "Do this and that."});
    });
}

TEST_F(FreshProcess, NoCandidates) {
    EXPECT_IN_FRESH_PROCESS([] { return isError({}, LoadErrorKind::NotFound, {"no path"}); });
}

TEST_F(FreshProcess, NotALibrary) {
    EXPECT_IN_FRESH_PROCESS([] {
        TemporaryFile file("this is no library");
        return isError({file.path()}, LoadErrorKind::NotLoadable, {file.path()});
    });
}

TEST_F(FreshProcess, LibraryWithoutJit) {
    EXPECT_IN_FRESH_PROCESS([] {
        // A library of the system that this program does not use itself.
        return isError({"/lib/x86_64-linux-gnu/libutil.so.1"}, LoadErrorKind::NotAJit, {"jitStartup"});
    });
}

TEST_F(FreshProcess, LibraryThatSomebodyElseUsesIsLeftAlone) {
    EXPECT_IN_FRESH_PROCESS([] {
        for (const std::string& path : test::candidatePaths()) {
            if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
                return isError({path}, LoadErrorKind::InUse, {path});
            }
        }
        return false;
    });
}

TEST_F(FreshProcess, OtherVersionIsNamed) {
    if (!std::getenv("PYJION_TEST_OTHER_CLRJIT")) {
        GTEST_SKIP() << "PYJION_TEST_OTHER_CLRJIT names no JIT of another .NET version";
    }
    EXPECT_IN_FRESH_PROCESS([] {
        return isError({std::getenv("PYJION_TEST_OTHER_CLRJIT")}, LoadErrorKind::WrongVersion,
                       {"7a8cbc56-9e19-4321-80b9-a0d2c578c945"});
    });
}

// Stops with the number of the first signal whose disposition differs.
bool signalsAreAs(const struct sigaction (&before)[65]) {
    for (int i = 1; i <= 64; ++i) {
        struct sigaction after;
        if (sigaction(i, nullptr, &after) == 0 && after.sa_handler != before[i].sa_handler) {
            std::fprintf(stderr, "signal %d changed\n", i);
            return false;
        }
    }
    return true;
}

TEST_F(FreshProcess, StartsOnceAndKeepsSignals) {
    EXPECT_IN_FRESH_PROCESS([] {
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, SIGUSR2);
        pthread_sigmask(SIG_BLOCK, &mask, nullptr);
        struct sigaction before[65] = {};
        for (int i = 1; i <= 64; ++i) {
            sigaction(i, nullptr, &before[i]);
        }
        Library& library = test::library();
        test::SumLoop().compile();
        sigset_t now;
        pthread_sigmask(SIG_BLOCK, nullptr, &now);
        auto again = Library::load({});
        return signalsAreAs(before) && sigismember(&now, SIGUSR2) && !sigismember(&now, SIGUSR1) && again &&
               *again == &library && Library::loaded() == &library;
    });
}

TEST_F(FreshProcess, WrongCandidatesBeforeTheRightOneAreSkipped) {
    EXPECT_IN_FRESH_PROCESS([] {
        TemporaryFile file("this is no library");
        LoadOptions options;
        options.candidates = test::candidatePaths();
        options.candidates.insert(options.candidates.begin(), {"/nowhere/libclrjit.so", file.path()});
        return Library::load(options).ok();
    });
}

TEST(LibraryTest, FormatsGuid) {
    EXPECT_EQ(formatGuid(kJitEeGuid), "7a8cbc56-9e19-4321-80b9-a0d2c578c945");
}

TEST_F(FreshProcess, SettingsReachTheJit) {
    EXPECT_IN_FRESH_PROCESS([] {
        TemporaryFile listing("");
        LoadOptions options;
        options.candidates = test::candidatePaths();
        options.config = {{"JitStdOutFile", listing.path()}, {"JitDisasm", "*"}};
        if (!Library::load(options)) {
            return false;
        }
        auto code = test::SumLoop().compile();
        std::fflush(nullptr);
        std::ifstream file(listing.path());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        return contains(text, "sum_loop") && code->as<int64_t(int64_t)>()(5) == 10;
    });
}

TEST(HostTest, SlabsArePooledAndTrimmed) {
    Host host({{"Number", "12"}, {"Text", "abc"}});
    EXPECT_EQ(host.table->getIntConfigValue(&host, "Number", 3), 12);
    EXPECT_EQ(host.table->getIntConfigValue(&host, "Other", 3), 3);
    EXPECT_STREQ(host.table->getStringConfigValue(&host, "Text"), "abc");
    EXPECT_EQ(host.table->getStringConfigValue(&host, "Other"), nullptr);

    std::vector<void*> slabs;
    size_t size = 0;
    for (int i = 0; i < 50; ++i) {
        slabs.push_back(host.table->allocateSlab(&host, 1000, &size));
        EXPECT_EQ(size, Host::kSlabSize);
    }
    EXPECT_EQ(host.slabsInUse(), 50u);
    void* big = host.table->allocateSlab(&host, Host::kSlabSize + 1, &size);
    EXPECT_EQ(size, 2 * Host::kSlabSize);
    static_cast<char*>(big)[size - 1] = 1;
    host.table->freeSlab(&host, big, size);
    for (void* slab : slabs) {
        host.table->freeSlab(&host, slab, Host::kSlabSize);
    }
    EXPECT_EQ(host.slabsInUse(), 0u);
    EXPECT_EQ(host.pooledBytes(), 50 * Host::kSlabSize);
    host.trim();
    EXPECT_EQ(host.pooledBytes(), 50 * Host::kSlabSize);
    EXPECT_EQ(host.table->allocateSlab(&host, 1, &size), slabs[49]);
    host.table->freeSlab(&host, slabs[49], Host::kSlabSize);
    host.trim();
    EXPECT_EQ(host.pooledBytes(), 38 * Host::kSlabSize) << "small methods need fewer and fewer";
    for (int i = 0; i < 20; ++i) {
        host.trim();
    }
    EXPECT_EQ(host.pooledBytes(), Host::kLeastBytesKept);
}

TEST(HostTest, WhatAHugeMethodNeededGoesBackAtOnce) {
    Host host({});
    std::vector<void*> slabs;
    size_t size = 0;
    for (int i = 0; i < 200; ++i) {
        slabs.push_back(host.table->allocateSlab(&host, 1000, &size));
    }
    for (void* slab : slabs) {
        host.table->freeSlab(&host, slab, Host::kSlabSize);
    }
    host.trim();
    EXPECT_EQ(host.pooledBytes(), Host::kMostBytesKept);
}

}  // namespace
}  // namespace pyjion::clr
