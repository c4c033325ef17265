// SPDX-License-Identifier: MIT
#include "driver/sampler.h"

#include <Python.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <cerrno>
#include <cstdint>

namespace pyjion::driver {
namespace {

constexpr size_t kStackBytes = 128 * 1024;

struct Sampler {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    python::Attention* atTick = nullptr;
    /// Which thread is the one that is wanted: others end at their next tick.
    uint64_t wanted = 0;
    bool runs = false;
};
Sampler sampler;

bool sleepForPeriod() {
    timespec now{};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) {
        return false;
    }
    now.tv_nsec += kSampleNanoseconds;
    if (now.tv_nsec >= 1'000'000'000) {
        now.tv_nsec -= 1'000'000'000;
        now.tv_sec++;
    }
    int error = EINTR;
    while (error == EINTR) {
        error = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &now, nullptr);
    }
    return error == 0;
}

/// Whether there will be more ticks. The mutex is held meanwhile: stopSampler() waits for a tick under way.
bool tick(uint64_t number) {
    pthread_mutex_lock(&sampler.mutex);
    const bool goesOn = sampler.runs && sampler.wanted == number;
    if (goesOn) {
        python::askWhoRuns(sampler.atTick);
    }
    pthread_mutex_unlock(&sampler.mutex);
    return goesOn;
}

void* run(void* number) {
    pthread_setname_np(pthread_self(), "pyjion");
    while (sleepForPeriod() && tick(reinterpret_cast<uint64_t>(number))) {
    }
    return nullptr;
}

/// All signals are blocked in it: handlers run in the threads that there are without it.
bool startThread() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread{};
    const int error = pthread_create(&thread, &attributes, run, reinterpret_cast<void*>(++sampler.wanted));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

// The child of a fork has the thread that forked and no other.

void beforeFork() {
    pthread_mutex_lock(&sampler.mutex);
}

void inParent() {
    pthread_mutex_unlock(&sampler.mutex);
}

void inChild() {
    pthread_mutex_unlock(&sampler.mutex);
    python::forked();
    sampler.runs = sampler.runs && startThread();
}

}  // namespace

void startSampler(python::Attention* atTick) {
    static const int registered = pthread_atfork(beforeFork, inParent, inChild);
    static_cast<void>(registered);
    pthread_mutex_lock(&sampler.mutex);
    if (!sampler.runs) {
        sampler.atTick = atTick;
        sampler.runs = true;
        sampler.runs = startThread();
    }
    pthread_mutex_unlock(&sampler.mutex);
}

void stopSampler() {
    pthread_mutex_lock(&sampler.mutex);
    sampler.runs = false;
    pthread_mutex_unlock(&sampler.mutex);
}

}  // namespace pyjion::driver
