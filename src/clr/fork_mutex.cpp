// SPDX-License-Identifier: MIT
// The list of all ForkMutexes and the fork handlers that walk it.
#include "clr/fork_mutex.h"

#include <pthread.h>

#include <new>

namespace pyjion::clr {

struct ForkHandlers {
    static inline ForkMutex* all = nullptr;

    // Guards the list; taken first around a fork.
    static std::mutex& guard() {
        static std::mutex* mutex = new std::mutex;
        return *mutex;
    }

    static void prepare() {
        guard().lock();
        for (ForkMutex* each = all; each; each = each->next_) {
            each->mutex_.lock();
        }
    }
    static void parent() {
        for (ForkMutex* each = all; each; each = each->next_) {
            each->mutex_.unlock();
        }
        guard().unlock();
    }
    // A new mutex instead of unlock(): the child's only thread has another kernel id than the one that locked.
    static void child() {
        for (ForkMutex* each = all; each; each = each->next_) {
            new (&each->mutex_) std::mutex;
        }
        new (&guard()) std::mutex;
    }
    static void add(ForkMutex* mutex) {
        std::scoped_lock lock(guard());
        static const int registered = pthread_atfork(prepare, parent, child);
        static_cast<void>(registered);
        mutex->next_ = all;
        all = mutex;
    }
    static void remove(ForkMutex* mutex) {
        std::scoped_lock lock(guard());
        ForkMutex** link = &all;
        while (*link != mutex) {
            link = &(*link)->next_;
        }
        *link = mutex->next_;
    }
};

ForkMutex::ForkMutex() {
    ForkHandlers::add(this);
}
ForkMutex::~ForkMutex() {
    ForkHandlers::remove(this);
}

}  // namespace pyjion::clr
