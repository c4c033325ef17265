// SPDX-License-Identifier: MIT
#include "driver/background_thread.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cfenv>
#include <csignal>
#include <functional>
#include <semaphore>
#include <thread>
#include <vector>

namespace pyjion::driver {
namespace {

using State = BackgroundWork::State;

struct Work final : BackgroundWork {
    explicit Work(std::function<void()> function) : function(std::move(function)) {}
    void run() noexcept override { function(); }
    std::function<void()> function;
};

std::shared_ptr<Work> begin(std::function<void()> function) {
    auto work = std::make_shared<Work>(std::move(function));
    EXPECT_TRUE(doInBackground(work));
    return work;
}

State awaitEnd(const BackgroundWork& work) {
    while (work.state() == State::Waiting) {
        std::this_thread::yield();
    }
    return work.state();
}

/// Work that has begun, and goes on until it is let go.
struct Gate {
    std::binary_semaphore entered{0};
    std::binary_semaphore opened{0};
    std::shared_ptr<Work> work = begin([this] {
        entered.release();
        opened.acquire();
    });

    Gate() { entered.acquire(); }
};

struct BackgroundThreadTest : testing::Test {
    void TearDown() override {
        setBackgroundListener(nullptr);
        endBackground();
    }
};

TEST_F(BackgroundThreadTest, WorksInOrderInAThreadOfItsOwn) {
    std::vector<int> order;
    std::thread::id worker;
    std::vector<std::shared_ptr<Work>> works;
    for (int i = 0; i < 3; ++i) {
        works.push_back(begin([&, i] {
            order.push_back(i);
            worker = std::this_thread::get_id();
        }));
    }
    EXPECT_EQ(awaitEnd(*works.back()), State::Done);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    EXPECT_NE(worker, std::this_thread::get_id());
    EXPECT_EQ(works.front()->state(), State::Done);
}

TEST_F(BackgroundThreadTest, TellsWhenSomethingIsDone) {
    static std::atomic<int> calls;
    calls = 0;
    setBackgroundListener([] { ++calls; });
    while (hasBackgroundNews()) {
    }
    Gate gate;
    EXPECT_FALSE(hasBackgroundNews());
    gate.opened.release();
    awaitEnd(*gate.work);
    endBackground();
    EXPECT_EQ(calls, 1);
    EXPECT_TRUE(hasBackgroundNews());
    EXPECT_FALSE(hasBackgroundNews());
}

TEST_F(BackgroundThreadTest, HandlesNoSignalsAndRoundsAsEverybody) {
    bool takesSignals = true;
    int rounding = -1;
    std::fesetround(FE_UPWARD);
    auto work = begin([&] {
        sigset_t blocked;
        pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        takesSignals = sigismember(&blocked, SIGINT) == 0 || sigismember(&blocked, SIGPROF) == 0;
        rounding = std::fegetround();
    });
    awaitEnd(*work);
    std::fesetround(FE_TONEAREST);
    EXPECT_FALSE(takesSignals);
    EXPECT_EQ(rounding, FE_TONEAREST);
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    EXPECT_EQ(sigismember(&blocked, SIGINT), 0);
}

TEST_F(BackgroundThreadTest, WhatNobodyHoldsIsNotBegun) {
    bool ran = false;
    Gate gate;
    begin([&] { ran = true; }).reset();
    auto last = begin([] {});
    gate.opened.release();
    EXPECT_EQ(awaitEnd(*last), State::Done);
    EXPECT_FALSE(ran);
}

TEST_F(BackgroundThreadTest, EndsWithWhatWasBegun) {
    bool ran = false;
    std::atomic<bool> ended = false;
    Gate gate;
    auto rest = begin([&] { ran = true; });
    std::thread opener([&] {
        while (!gate.work->isLost()) {
            std::this_thread::yield();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ended = true;
        gate.opened.release();
    });
    endBackground();
    EXPECT_TRUE(ended);
    opener.join();
    EXPECT_TRUE(gate.work->isLost());
    EXPECT_EQ(rest->state(), State::Lost);
    EXPECT_FALSE(ran);
    EXPECT_EQ(awaitEnd(*begin([&] { ran = true; })), State::Done);  // a new thread
    EXPECT_TRUE(ran);
}

TEST_F(BackgroundThreadTest, AForkLeavesTheWorkToTheParent) {
    std::atomic<int> runs = 0;
    Gate gate;
    auto rest = begin([&] { ++runs; });
    const pid_t child = fork();
    if (child == 0) {
        const bool lost = gate.work->state() == State::Lost && rest->state() == State::Lost && hasBackgroundNews();
        const bool works = awaitEnd(*begin([&] { ++runs; })) == State::Done && runs == 1;
        endBackground();
        _exit(lost && works ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(rest->state(), State::Waiting);
    gate.opened.release();
    EXPECT_EQ(awaitEnd(*rest), State::Done);
    EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace pyjion::driver
