// SPDX-License-Identifier: MIT
// sigaction and pthread_sigmask around a scope.
#include "clr/signal_state.h"

#include <pthread.h>

#include <cstring>

namespace pyjion::clr {

namespace {

bool sameAction(const struct sigaction& a, const struct sigaction& b) {
    return a.sa_handler == b.sa_handler && a.sa_flags == b.sa_flags && std::memcmp(&a.sa_mask, &b.sa_mask, 8) == 0;
}

}  // namespace

SignalStateScope::SignalStateScope() {
    for (int number = 1; number <= kSignalCount; ++number) {
        // Fails for the two signals that the C library keeps for itself.
        known_[number] = sigaction(number, nullptr, &actions_[number]) == 0;
    }
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
}

SignalStateScope::~SignalStateScope() {
    for (int number = 1; number <= kSignalCount; ++number) {
        struct sigaction now;
        if (known_[number] && sigaction(number, nullptr, &now) == 0 && !sameAction(now, actions_[number])) {
            sigaction(number, &actions_[number], nullptr);
        }
    }
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

}  // namespace pyjion::clr
