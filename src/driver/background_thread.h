// SPDX-License-Identifier: MIT
// A thread that works on plain data without the GIL, one piece after the other. It is made when there is a first piece,
// sleeps when there is none, and handles no signal.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace pyjion::driver {

/// Whoever waits for a piece of work holds it: what nobody holds any more is not begun.
class BackgroundWork {
  public:
    enum class State : uint8_t {
        Waiting,
        Done,
        Lost,  // nobody will do it: the thread was ended, or it is one of the process that this one was forked from
    };

    virtual ~BackgroundWork() = default;
    /// In the thread; touches no object of CPython.
    virtual void run() noexcept = 0;
    /// While it runs: whether it may stop, since nobody waits for it.
    bool isLost() const { return state() == State::Lost; }

    State state() const { return state_.load(std::memory_order_acquire); }

  private:
    friend class BackgroundThread;
    std::atomic<State> state_ = State::Waiting;
};

/// Puts the work at the end of the queue; false where there can be no thread. Throws std::bad_alloc.
bool doInBackground(const std::shared_ptr<BackgroundWork>& work);

/// What is called in the thread after each piece of work; one function for the process.
void setBackgroundListener(void (*listener)());

/// Whether the state of some work has changed since the last such question.
bool hasBackgroundNews();

/// Ends the thread. What was begun is lost, but waited for; the rest is not begun.
void endBackground();

}  // namespace pyjion::driver
