// SPDX-License-Identifier: MIT
// A mutex that a forked child can use whatever the parent's other threads were doing.
//
// pthread_atfork takes every ForkMutex before fork() and gives it back on both sides, so the data behind it is whole in
// the child.
#pragma once

#include <mutex>

namespace pyjion::clr {

class ForkMutex {
  public:
    ForkMutex();
    ~ForkMutex();
    ForkMutex(const ForkMutex&) = delete;
    ForkMutex& operator=(const ForkMutex&) = delete;

    void lock() { mutex_.lock(); }
    void unlock() { mutex_.unlock(); }

    using Lock = std::scoped_lock<ForkMutex>;

  private:
    friend struct ForkHandlers;
    std::mutex mutex_;
    ForkMutex* next_ = nullptr;
};

}  // namespace pyjion::clr
