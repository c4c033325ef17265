// SPDX-License-Identifier: MIT
// The frames that bodies of ours run in place of the interpreter. Not a stack: with greenlets, one that began later may
// go on longer. No entry is on the C stack, so that a thread may be ended meanwhile. Guarded by the GIL.
#pragma once

#include <cstdint>

#include "python/frame.h"

namespace pyjion::python {

struct TakenOver {
    Frame* frame = nullptr;
    int32_t from = 0;  // of a frame that is given back: the instruction that was executed last, see noteExecuted()
    TakenOver* next = nullptr;
    TakenOver* previous = nullptr;
};

/// The innermost one that is known to run; others follow it.
extern TakenOver* takenOver;

inline void noteRunning(TakenOver& entry) {
    entry.next = takenOver;
    entry.previous = nullptr;
    if (takenOver != nullptr) {
        takenOver->previous = &entry;
    }
    takenOver = &entry;
}

inline void noteEnded(TakenOver& entry) {
    (entry.previous != nullptr ? entry.previous->next : takenOver) = entry.next;
    if (entry.next != nullptr) {
        entry.next->previous = entry.previous;
    }
}

}  // namespace pyjion::python
