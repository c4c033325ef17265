// SPDX-License-Identifier: MIT
#include "python/original_units.h"

#include <algorithm>

#include "base/check.h"
#include "python/frame.h"

namespace pyjion::python {
namespace {

ReplacedUnits* firstInPlace = nullptr;

}  // namespace

void ReplacedUnits::put(PyCodeObject* code, int32_t start, std::span<const uint16_t> units) {
    PYJION_CHECK(!areInPlace() && start <= kLastStart && units.size() <= kMost, "these units cannot be replaced");
    code_ = code;
    start_ = start;
    count_ = static_cast<int32_t>(units.size());
    uint16_t* first = firstInstruction(code) + start;
    std::copy_n(first, count_, original_.begin());
    std::copy(units.begin(), units.end(), first);
    previous_ = nullptr;
    next_ = firstInPlace;
    if (next_ != nullptr) {
        next_->previous_ = this;
    }
    firstInPlace = this;
}

void ReplacedUnits::putBack() {
    if (!areInPlace()) {
        return;
    }
    std::ranges::copy(originals(), firstInstruction(code_) + start_);
    (previous_ != nullptr ? previous_->next_ : firstInPlace) = next_;
    if (next_ != nullptr) {
        next_->previous_ = previous_;
    }
    code_ = nullptr;
}

uint16_t originalUnit(PyCodeObject* code, int32_t index) {
    if (ReplacedUnits::mayBeAt(index)) {
        for (const ReplacedUnits* one = firstInPlace; one != nullptr; one = one->next_) {
            if (one->areInPlaceAt(code, index)) {
                return one->original_[static_cast<size_t>(index - one->start_)];
            }
        }
    }
    return firstInstruction(code)[index];
}

std::vector<uint16_t> originalUnits(PyCodeObject* code) {
    std::vector<uint16_t> units(firstInstruction(code), firstInstruction(code) + Py_SIZE(code));
    for (const ReplacedUnits* one = firstInPlace; one != nullptr; one = one->next_) {
        if (one->code_ == code) {
            std::ranges::copy(one->originals(), units.begin() + one->start_);
        }
    }
    return units;
}

}  // namespace pyjion::python
