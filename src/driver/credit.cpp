// SPDX-License-Identifier: MIT
#include "driver/credit.h"

#include <algorithm>

#include "driver/options.h"

namespace pyjion::driver {
namespace {

/// Bytecodes of quick code that a session may compile before it has earned any.
constexpr double kInitialCredit = 4000;
/// What waits for credit, which others may earn meanwhile, is asked about after so many entries at the latest.
constexpr uint32_t kUnaskedWaiting = 64;

/// The budget: bytecodes that may still be compiled.
double credit = kInitialCredit;

/// How often compiling is passed over before it is tried again, because the last time there was no memory for it.
struct Patience {
    uint32_t left = 0;
    uint32_t next = kFirst;

    static constexpr uint32_t kFirst = 64;
    static constexpr uint32_t kLongest = 16384;

    /// Counts down.
    bool isOver() {
        left -= left != 0;
        return left == 0;
    }
};
Patience patience;

}  // namespace

bool isBudgetUnlimited() {
    return options().budget > 1e300;
}

void earn(uint64_t events) {
    credit = std::min(credit + static_cast<double>(events) * options().budget / 1000, 1e9);
}

bool pay(double bytecodes) {
    if (!mayTryForMemory()) {
        return false;
    }
    if (options().stress.compileAll || isBudgetUnlimited()) {
        return true;
    }
    if (credit < bytecodes) {
        return false;
    }
    credit -= bytecodes;
    return true;
}

void refund(double bytecodes) {
    credit += bytecodes;
}

uint32_t entriesUntil(double bytecodes) {
    if (lackedMemory()) {
        return 1;
    }
    const double entries = (bytecodes - credit) * 1000 / options().budget;
    return static_cast<uint32_t>(std::clamp(entries, 1.0, double{kUnaskedWaiting}));
}

bool mayTryForMemory() {
    return patience.isOver();
}

bool lackedMemory() {
    return patience.left != 0;
}

void memoryWas(bool enough) {
    if (enough) {
        patience = {};
        return;
    }
    patience.left = patience.next;
    patience.next = std::min(2 * patience.next, Patience::kLongest);
}

}  // namespace pyjion::driver
