// SPDX-License-Identifier: MIT
// What is known about C stacks: the usual ones, small ones, one that grows, those of threads that ended, foreign ones.
#include "python/stack.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <functional>

namespace pyjion::python {
namespace {

/// Runs it on a thread with a stack of this size.
void onThread(size_t stackSize, const std::function<void()>& body, void* stack = nullptr) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack != nullptr) {
        ASSERT_EQ(pthread_attr_setstack(&attributes, stack, stackSize), 0);
    } else {
        ASSERT_EQ(pthread_attr_setstacksize(&attributes, stackSize), 0);
    }
    pthread_t thread;
    auto start = [](void* argument) -> void* {
        (*static_cast<const std::function<void()>*>(argument))();
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, start, const_cast<std::function<void()>*>(&body)), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

/// Uses so much stack that this many bytes are left, then runs it.
void withStackLeft(size_t bytes, const std::function<void()>& body) {
    auto* deep = static_cast<volatile char*>(__builtin_alloca(stackAddress() - stackBounds().low - bytes));
    *deep = 1;
    body();
}

TEST(Stack, BoundsContainThisFunctionsFrame) {
    const StackBounds bounds = stackBounds();
    EXPECT_LT(bounds.low, stackAddress());
    EXPECT_GT(bounds.high, stackAddress());
    EXPECT_GT(bounds.high - bounds.low, 512u * 1024);
    EXPECT_FALSE(stackIsLow());
    EXPECT_FALSE(stackIsExhausted());
}

TEST(Stack, WhatTheActivationTakesCounts) {
    const size_t left = stackAddress() - stackBounds().low - stackBounds().reserve;
    EXPECT_FALSE(stackIsLow(left - 4096));
    EXPECT_TRUE(stackIsLow(left + 4096));
    // More than there are addresses below.
    EXPECT_TRUE(stackIsLow(stackAddress() + 4096));
}

TEST(Stack, SmallStacksKeepHalf) {
    for (size_t size : {64u, 256u, 2048u}) {
        bool lows[4] = {true, true, false, false};
        bool exhausted = false;
        size_t left = 0;
        StackBounds bounds;
        onThread(size * 1024, [&] {
            lows[0] = stackIsLow();
            bounds = stackBounds();
            withStackLeft(bounds.reserve + 4096, [&] { lows[1] = stackIsLow(); });
            withStackLeft(bounds.reserve - 1024, [&] { lows[2] = stackIsLow(); });
            withStackLeft(bounds.reserve / 4 - 1024, [&] {
                left = stackBytesLeft();
                lows[3] = stackIsLow();
                exhausted = stackIsExhausted();
            });
        });
        EXPECT_FALSE(lows[0]) << size;
        EXPECT_FALSE(lows[1]) << size;
        EXPECT_TRUE(lows[2]) << size;
        EXPECT_TRUE(lows[3]) << size;
        EXPECT_TRUE(exhausted) << size;
        EXPECT_LT(left, bounds.reserve / 4) << size;
        EXPECT_GT(left, bounds.reserve / 4 - 4096) << size;
        // The C library takes the stack of a thread that has ended, if it is less than four times as large as is asked.
        EXPECT_LE(bounds.high - bounds.low, 4 * size * 1024);
        EXPECT_LE(bounds.reserve, 256u * 1024);
        EXPECT_LE(bounds.reserve, (bounds.high - bounds.low) / 2);
        EXPECT_GE(bounds.reserve, std::min<size_t>(256, size / 4) * 1024);
    }
}

/// The main thread has asked last, with much room; then the other one, which has little.
TEST(Stack, AnotherThreadsRoomIsNotUsed) {
    EXPECT_FALSE(stackIsLow());
    bool low = false;
    onThread(256 * 1024, [&] {
        EXPECT_FALSE(stackRoom.contains(stackAddress()));
        withStackLeft(64 * 1024, [&] { low = stackIsLow(); });
        EXPECT_FALSE(stackIsLow());
    });
    EXPECT_TRUE(low);
    EXPECT_FALSE(stackRoom.contains(stackAddress()));
    EXPECT_FALSE(stackIsLow());
    EXPECT_TRUE(stackRoom.contains(stackAddress()));
}

/// A thread that waits has asked last; its stack lies below that of the next one, which has little room left.
TEST(Stack, RoomOfAThreadFurtherDownIsNotUsed) {
    constexpr size_t kSize = 1024 * 1024;
    char* memory = static_cast<char*>(
        mmap(nullptr, 2 * kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
    bool containsAnother = true;
    bool low = false;
    auto above = [&] {
        containsAnother = stackRoom.contains(stackAddress());
        withStackLeft(32 * 1024, [&] { low = stackIsLow(); });
    };
    auto below = [&] {
        EXPECT_FALSE(stackIsLow());
        onThread(kSize, above, memory + kSize);
    };
    onThread(kSize, below, memory);
    EXPECT_FALSE(containsAnother);
    EXPECT_TRUE(low);
    munmap(memory, 2 * kSize);
}

TEST(Stack, MemoryOfAThreadThatEndedIsNobodysRoom) {
    constexpr size_t kSize = 1024 * 1024;
    char* memory = static_cast<char*>(
        mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
    onThread(
        kSize, [] { EXPECT_FALSE(stackIsLow()); }, memory);
    // The upper part of it is the whole stack of the next thread.
    bool low = false;
    onThread(
        kSize / 4, [&] { withStackLeft(32 * 1024, [&] { low = stackIsLow(); }); }, memory + kSize - kSize / 4);
    EXPECT_TRUE(low);
    munmap(memory, kSize);
}

ucontext_t outside;
bool lowOnForeignStack;
bool exhaustedOnForeignStack;

/// How far a stack goes that is not the thread's own cannot be known: it counts as low, and nobody crashes.
TEST(Stack, ForeignStacksAreLow) {
    constexpr size_t kSize = 256 * 1024;
    void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ucontext_t inside;
    getcontext(&inside);
    inside.uc_stack = {memory, 0, kSize};
    inside.uc_link = &outside;
    lowOnForeignStack = false;
    exhaustedOnForeignStack = true;
    makecontext(
        &inside,
        [] {
            lowOnForeignStack = stackIsLow();
            exhaustedOnForeignStack = stackIsExhausted();
        },
        0);
    EXPECT_FALSE(stackIsLow());
    swapcontext(&outside, &inside);
    EXPECT_TRUE(lowOnForeignStack);
    EXPECT_FALSE(exhaustedOnForeignStack);
    EXPECT_FALSE(stackIsLow());
    munmap(memory, kSize);
}

/// In a child: the first thread's stack has a limit that can be lowered while it runs.
TEST(Stack, TheLimitOfAStackThatGrowsIsLookedAtAgain) {
    const pid_t child = fork();
    if (child == 0) {
        const bool before = stackIsLow();
        const uintptr_t used = stackBounds().high - stackAddress();
        rlimit limits{};
        getrlimit(RLIMIT_STACK, &limits);
        limits.rlim_cur = used + 1024 * 1024;
        const bool lowered = setrlimit(RLIMIT_STACK, &limits) == 0;
        bool after = false;
        withStackLeft(128 * 1024, [&] { after = stackIsLow(); });
        _exit((before ? 1 : 0) + (lowered ? 0 : 2) + (after ? 0 : 4));
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace pyjion::python
