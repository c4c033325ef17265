// SPDX-License-Identifier: MIT
// What compiling may cost where it is not told by time (driver/time_budget.h): bytecodes that entries and iterations
// earn, at the rate of the option `budget`. And how long nothing is compiled after there was no memory for it.
#pragma once

#include <cstdint>

namespace pyjion::driver {

/// Whether the options lift every limit of cost.
bool isBudgetUnlimited();

/// So many entries or iterations have been counted.
void earn(uint64_t events);

/// Takes what so many bytecodes of quick code cost; false, and nothing is taken, when there is not enough or there was
/// no memory of late.
bool pay(double bytecodes);
/// Gives back what was paid for nothing.
void refund(double bytecodes);

/// The number of entries that earn what is missing for so many bytecodes: 1 at least, and no more than it makes sense
/// to wait for.
uint32_t entriesUntil(double bytecodes);

/// Whether enough requests were passed over since there was no memory. Each time it is asked counts as one.
bool mayTryForMemory();
/// Whether some are still to be passed over.
bool lackedMemory();
/// Whether the last compilation had the memory that it needed. If not, a while passes before the next one is tried.
void memoryWas(bool enough);

}  // namespace pyjion::driver
