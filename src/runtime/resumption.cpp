// SPDX-License-Identifier: MIT
#include "runtime/resumption.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace pyjion::runtime {

void ResumptionTable::put(Resumption* resumption) {
    size_t i = home(resumption->position);
    while (slots_[i] != nullptr) {
        i = (i + 1) & mask();
    }
    slots_[i] = resumption;
}

void ResumptionTable::add(Resumption* resumption) {
    constexpr size_t kFewest = 64;
    if (2 * (size_ + 1) > capacity_) {
        const size_t larger = std::max(kFewest, 2 * capacity_);
        Resumption** const old = std::exchange(slots_, new Resumption*[larger]());
        const std::span<Resumption*> oldSlots(old, std::exchange(capacity_, larger));
        shift_ = 64 - std::countr_zero(capacity_);
        for (Resumption* moved : oldSlots) {
            if (moved != nullptr) {
                put(moved);
            }
        }
        delete[] old;
    }
    put(resumption);
    size_++;
}

/// What was put behind it because its slot was taken is put anew.
void ResumptionTable::remove(Resumption* resumption) {
    size_t i = home(resumption->position);
    while (slots_[i] != resumption) {
        i = (i + 1) & mask();
    }
    slots_[i] = nullptr;
    size_--;
    for (i = (i + 1) & mask(); slots_[i] != nullptr; i = (i + 1) & mask()) {
        put(std::exchange(slots_[i], nullptr));
    }
}

}  // namespace pyjion::runtime
