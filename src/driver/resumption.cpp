// SPDX-License-Identifier: MIT
#include "driver/resumption.h"

#include <algorithm>

#include "runtime/generator_slots.h"

namespace pyjion::driver {

Resumptions::~Resumptions() {
    std::for_each(places.begin(), places.end(), unwatch);
}

void Resumptions::watch(uint32_t runsToAsk) {
    for (Resumption& place : places) {
        if (!place.isWatched && !place.isGivenUp) {
            runtime::resumptionTable.add(&place);
            place.isWatched = true;
            place.unasked = runsToAsk;
        }
    }
}

void Resumptions::unwatch(Resumption& place) {
    if (std::exchange(place.isWatched, false)) {
        runtime::resumptionTable.remove(&place);
    }
}

Resumption* Resumptions::at(int32_t unit) {
    auto found =
        std::find_if(places.begin(), places.end(), [unit](const Resumption& place) { return place.unit == unit; });
    return found != places.end() ? &*found : nullptr;
}

}  // namespace pyjion::driver
