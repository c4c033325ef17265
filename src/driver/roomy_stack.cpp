// SPDX-License-Identifier: MIT
#include "driver/roomy_stack.h"

#include <pthread.h>

#include <csignal>

#include "python/stack.h"
#include "python/thread.h"

namespace pyjion::driver {
namespace {

/// Enough for RyuJIT, which recurses over the code, and for the passes.
constexpr size_t kEnough = 1024 * 1024;
constexpr size_t kStackSize = 8 * 1024 * 1024;

struct Work {
    const std::function<void()>& run;
    PyThreadState* caller;
};

void* start(void* argument) {
    auto* work = static_cast<Work*>(argument);
    python::actFor(work->caller);
    work->run();
    return nullptr;
}

/// A thread on which no signal is delivered: handlers are for the program's own threads.
bool create(pthread_t& thread, Work& work) {
    sigset_t all;
    sigset_t before;
    pthread_attr_t attributes;
    sigfillset(&all);
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attributes, kStackSize);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool created = pthread_create(&thread, &attributes, start, &work) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return created;
}

}  // namespace

bool onRoomyStack(const std::function<void()>& work) {
    if (python::stackBytesLeft() >= kEnough) {
        work();
        return true;
    }
    pthread_t thread;
    Work order{work, python::currentThread()};
    if (!create(thread, order)) {
        return false;
    }
    pthread_join(thread, nullptr);
    return true;
}

}  // namespace pyjion::driver
