// SPDX-License-Identifier: MIT
#include "passes/sink_local_stores_states.h"

namespace pyjion::passes {

SlotState join(SlotState a, SlotState b) {
    if (a == b || b == SlotState::Unreached) {
        return a;
    }
    if (a == SlotState::Unreached) {
        return b;
    }
    bool stale = a == SlotState::Stale || b == SlotState::Stale || a == SlotState::Mixed || b == SlotState::Mixed;
    return stale ? SlotState::Mixed : SlotState::Right;
}

SlotState writtenBack(SlotState state) {
    return state == SlotState::Stale ? SlotState::Known : state == SlotState::Mixed ? SlotState::Right : state;
}

Sameness join(Sameness a, Sameness b) {
    if (a == b || b == Sameness::Unreached) {
        return a;
    }
    return a == Sameness::Unreached ? b : Sameness::Maybe;
}

}  // namespace pyjion::passes
