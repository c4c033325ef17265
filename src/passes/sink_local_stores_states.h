// SPDX-License-Identifier: MIT
// What is known about the slots of locals at one point of a function: the lattice of the data flow of
// sink_local_stores_slots.h.
#pragma once

#include <cstdint>
#include <vector>

namespace pyjion::passes {

/// How a local's slot compares with the local's value.
enum class SlotState : uint8_t {
    Unreached,
    Right,  // the slot has the value
    Known,  // the slot has the value, and its number is at hand as well
    Stale,  // only the number is right
    Mixed,  // a flag says whether the number or the slot is right
};
SlotState join(SlotState a, SlotState b);
/// Whether a write-back has something to do, perhaps.
inline bool isStale(SlotState state) {
    return state == SlotState::Stale || state == SlotState::Mixed;
}
/// Behind a write-back.
SlotState writtenBack(SlotState state);

/// Whether two locals, one copied from the other, still are one object. (If the object is made, it is in both slots.)
enum class Sameness : uint8_t { Unreached, No, Yes, Maybe };
Sameness join(Sameness a, Sameness b);

/// A local that delayed stores copy from another.
struct LocalPair {
    uint32_t copy = 0;
    uint32_t source = 0;
    bool operator==(const LocalPair&) const = default;
};

/// What is known about the slots at some point.
struct SlotStates {
    std::vector<SlotState> slots;  // by local
    std::vector<Sameness> same;    // by pair
    SlotState operator[](uint32_t local) const { return slots[local]; }
    SlotState& operator[](uint32_t local) { return slots[local]; }
    bool operator==(const SlotStates&) const = default;
};

}  // namespace pyjion::passes
