// SPDX-License-Identifier: MIT
// Time that processors have spent, in milliseconds: what others take of a busy machine is not in it.
#pragma once

#include <time.h>

namespace pyjion::driver {

inline double spentMilliseconds(clockid_t clock) {
    timespec used{};
    clock_gettime(clock, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

/// By the calling thread.
inline double threadMilliseconds() {
    return spentMilliseconds(CLOCK_THREAD_CPUTIME_ID);
}

/// By all threads of the process.
inline double processMilliseconds() {
    return spentMilliseconds(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace pyjion::driver
