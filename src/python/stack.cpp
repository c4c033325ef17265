// SPDX-License-Identifier: MIT
#include "python/stack.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace pyjion::python {
namespace {

/// Kept free on a stack of the usual size; of a small one, half.
constexpr uintptr_t kReserve = 256 * 1024;
/// The part of the reserve that the interpreter leaves alone as well.
constexpr uintptr_t kLastPart = 4;
/// Assumed when the C library cannot say where the stack is (no /proc): what Linux gives a program's first thread.
constexpr uintptr_t kAssumedSize = 8 * 1024 * 1024;
/// The kernel keeps that much free below a stack that can grow until it meets another mapping.
constexpr uintptr_t kGuardGap = 1024 * 1024;
/// The limit of a stack that grows is looked at again when it is this much deeper.
constexpr uintptr_t kGrowthStep = 256 * 1024;

/// Measured at the first question of a thread. It takes its room away when it ends, because the memory of its stack can
/// become a part of another thread's.
struct ThreadStack {
    uintptr_t low = 0;
    uintptr_t high = 0;
    uintptr_t limit = StackRoom::kNowhere;
    bool grows = false;
    bool ends = false;

    ~ThreadStack() {
        ends = true;
        if (stackRoom.limit.load(std::memory_order_relaxed) == limit) {
            stackRoom.limit.store(StackRoom::kNowhere, std::memory_order_relaxed);
        }
    }
    void measure();
    StackBounds bounds();
};

thread_local ThreadStack threadStack;

/// The child of a fork has the thread that forked and no other.
void watchForks() {
    static const int registered =
        pthread_atfork(nullptr, nullptr, [] { stackRoom.limit.store(StackRoom::kNowhere, std::memory_order_relaxed); });
    static_cast<void>(registered);
}

void ThreadStack::measure() {
    pthread_attr_t attributes;
    void* lowest = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        if (pthread_attr_getstack(&attributes, &lowest, &size) != 0) {
            size = 0;
        }
        pthread_attr_destroy(&attributes);
    }
    low = reinterpret_cast<uintptr_t>(lowest);
    high = low + size;
    grows = getpid() == static_cast<pid_t>(syscall(SYS_gettid));
    if (size == 0) {
        high = stackAddress();
        low = high - kAssumedSize;
    }
    watchForks();
}

StackBounds ThreadStack::bounds() {
    if (high == 0) {
        measure();
    }
    uintptr_t lowest = low;
    if (grows) {
        rlimit limits{};
        getrlimit(RLIMIT_STACK, &limits);
        lowest = limits.rlim_cur == RLIM_INFINITY ? low + kGuardGap
                                                  : std::max(low, high - std::min<uintptr_t>(high, limits.rlim_cur));
    }
    return {lowest, high, std::min((high - lowest) / 2, kReserve)};
}

bool contains(const StackBounds& bounds, uintptr_t address) {
    return bounds.low <= address && address < bounds.high;
}

}  // namespace

StackRoom stackRoom;

StackBounds stackBounds() {
    return threadStack.bounds();
}

[[gnu::noinline]] bool findStackRoom(uintptr_t address) {
    const StackBounds bounds = threadStack.bounds();
    // A thread that runs on another stack than its own: how far that goes is not known.
    if (!contains(bounds, stackAddress())) {
        return false;
    }
    const uintptr_t lowest = bounds.low + bounds.reserve;
    const bool isLow = address < lowest || address >= bounds.high;
    if (threadStack.ends) {
        return !isLow;
    }
    uintptr_t limit = lowest;
    if (threadStack.grows && !isLow && address > kGrowthStep) {
        limit = std::max(lowest, address - kGrowthStep);
    }
    threadStack.limit = limit;
    stackRoom.limit.store(limit, std::memory_order_relaxed);
    stackRoom.extent.store(bounds.high - limit, std::memory_order_relaxed);
    return !isLow;
}

bool stackIsExhausted() {
    const StackBounds bounds = threadStack.bounds();
    const uintptr_t address = stackAddress();
    return contains(bounds, address) && address < bounds.low + bounds.reserve / kLastPart;
}

size_t stackBytesLeft() {
    const StackBounds bounds = threadStack.bounds();
    const uintptr_t address = stackAddress();
    return contains(bounds, address) ? address - bounds.low : 0;
}

}  // namespace pyjion::python
