// SPDX-License-Identifier: MIT
// Puts every signal's disposition and the thread's signal mask back as they were when the scope ends.
//
// Starting the JIT starts its platform layer, which (at least) ignores SIGPIPE for the whole process. Signals belong to
// the user's program.
#pragma once

#include <signal.h>

#include <array>

namespace pyjion::clr {

class SignalStateScope {
  public:
    SignalStateScope();
    ~SignalStateScope();
    SignalStateScope(const SignalStateScope&) = delete;
    SignalStateScope& operator=(const SignalStateScope&) = delete;

  private:
    static constexpr int kSignalCount = 64;
    std::array<struct sigaction, kSignalCount + 1> actions_;
    std::array<bool, kSignalCount + 1> known_;
    sigset_t mask_;
};

}  // namespace pyjion::clr
