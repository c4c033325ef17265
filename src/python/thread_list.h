// SPDX-License-Identifier: MIT
// The threads of the main interpreter, while none is added or removed.
#pragma once

#include <cstdint>

#include "python/internal.h"

namespace pyjion::python {

/// Never waited for: where somebody else changes the list, this one is not held, and nothing is done this time.
class ThreadList {
  public:
    ThreadList() : lock_(_PyRuntime.interpreters.mutex), isHeld_(PyThread_acquire_lock(lock_, NOWAIT_LOCK) != 0) {}
    ~ThreadList() {
        if (isHeld_) {
            PyThread_release_lock(lock_);
        }
    }
    ThreadList(const ThreadList&) = delete;
    ThreadList& operator=(const ThreadList&) = delete;

    explicit operator bool() const { return isHeld_; }
    PyThreadState* first() const { return PyInterpreterState_Main()->threads.head; }
    bool contains(const PyThreadState* thread, uint64_t id) const {
        PyThreadState* found = first();
        while (found != nullptr && (found != thread || found->id != id)) {
            found = found->next;
        }
        return found != nullptr;
    }

  private:
    PyThread_type_lock lock_;
    bool isHeld_;
};

}  // namespace pyjion::python
