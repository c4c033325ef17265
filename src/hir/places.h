// SPDX-License-Identifier: MIT
// Where references are, for the verifier: a place for each value that has one. Most values have none at most points, so
// that what holds at the start of a block is kept as a short list, and looking at all places takes as long as there are
// some.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "hir/function.h"

namespace pyjion::hir {

/// Where a reference is; numbers >= 0: in that local's slot, which keeps the object alive.
using Place = int32_t;
constexpr Place kFree = -2;       // null here: may be consumed and need not be
constexpr Place kHeld = -3;       // to be consumed
constexpr Place kElsewhere = -4;  // kept alive by something that is not followed
constexpr Place kGone = -5;       // nowhere: consumed, or not defined on some path
constexpr Place kConflict = -6;   // held on one path and not on another: reported once, then left alone
constexpr Place kInObject = -7;   // in a place of another object: until something is put there, or that object may go
constexpr Place kPerhaps = -16;   // and below: in the slot of a global name, if nothing has bound that meanwhile

/// From the place in a slot to that, and back.
constexpr Place perhapsIn(Place place) {
    return kPerhaps - place;
}
constexpr bool isPerhaps(Place place) {
    return place <= kPerhaps;
}

/// A join: Free below Held and Gone; slots below Elsewhere below InObject below Gone; Conflict above all.
Place join(Place a, Place b);

/// The values that have a place, in ascending order.
using PlaceList = std::vector<std::pair<ValueId, Place>>;

/// Makes `into` the join of both. Returns whether that changed it.
bool joinInto(PlaceList& into, const PlaceList& from);

class Places {
  public:
    explicit Places(size_t valueCount) : byValue_(valueCount, kGone), listed_(valueCount) {}

    Place operator[](ValueId value) const { return byValue_[value.index()]; }
    void set(ValueId value, Place place);

    void load(const PlaceList& list);
    PlaceList list() const;

    /// Replaces each place by what `change` makes of it.
    template <typename Change>
    void transform(Change change) {
        size_t kept = 0;
        for (const ValueId value : present_) {
            Place& place = byValue_[value.index()];
            place = place == kGone ? kGone : change(place);
            if (place == kGone) {
                listed_[value.index()] = false;
            } else {
                present_[kept++] = value;
            }
        }
        present_.resize(kept);
    }

    /// The values that are held here and that `isExpected` does not expect.
    template <typename IsExpected>
    std::vector<ValueId> heldBeyond(IsExpected isExpected) const {
        std::vector<ValueId> result;
        for (const ValueId value : present_) {
            if (byValue_[value.index()] == kHeld && !isExpected(value)) {
                result.push_back(value);
            }
        }
        return result;
    }

  private:
    std::vector<Place> byValue_;
    std::vector<bool> listed_;      // by value
    std::vector<ValueId> present_;  // all that have a place, and some that had one
};

}  // namespace pyjion::hir
