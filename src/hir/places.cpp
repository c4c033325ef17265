// SPDX-License-Identifier: MIT
#include "hir/places.h"

#include <algorithm>

namespace pyjion::hir {

Place join(Place a, Place b) {
    if (a == b) {
        return a;
    }
    if (a == kConflict || b == kConflict) {
        return kConflict;
    }
    if (a == kHeld || b == kHeld) {
        return a == kFree || b == kFree ? kHeld : kConflict;
    }
    auto isAlive = [](Place place) { return place >= 0 || place == kElsewhere; };
    if ((a == kInObject && isAlive(b)) || (b == kInObject && isAlive(a))) {
        return kInObject;
    }
    return isAlive(a) && isAlive(b) ? kElsewhere : kGone;
}

bool joinInto(PlaceList& into, const PlaceList& from) {
    PlaceList result;
    result.reserve(into.size());
    auto add = [&result](ValueId value, Place place) {
        if (place != kGone) {
            result.emplace_back(value, place);
        }
    };
    auto a = into.begin();
    auto b = from.begin();
    while (a != into.end() || b != from.end()) {
        if (b == from.end() || (a != into.end() && a->first < b->first)) {
            add(a->first, join(a->second, kGone));
            ++a;
        } else if (a == into.end() || b->first < a->first) {
            add(b->first, join(kGone, b->second));
            ++b;
        } else {
            add(a->first, join(a->second, b->second));
            ++a;
            ++b;
        }
    }
    const bool changed = result != into;
    into = std::move(result);
    return changed;
}

void Places::set(ValueId value, Place place) {
    byValue_[value.index()] = place;
    if (place != kGone && !listed_[value.index()]) {
        listed_[value.index()] = true;
        present_.push_back(value);
    }
}

void Places::load(const PlaceList& list) {
    transform([](Place) { return kGone; });
    for (const auto& [value, place] : list) {
        set(value, place);
    }
}

PlaceList Places::list() const {
    PlaceList result;
    for (const ValueId value : present_) {
        if (byValue_[value.index()] != kGone) {
            result.emplace_back(value, byValue_[value.index()]);
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace pyjion::hir
