// SPDX-License-Identifier: MIT
#include "driver/stress.h"

#include <cstdint>

#include "clr/code_memory.h"
#include "driver/options.h"
#include "python/collector.h"
#include "runtime/tiering.h"

namespace pyjion::driver {

namespace {

/// Code memory under PYJION_STRESS=tiny-code: room for a few functions.
constexpr uint64_t kTinyCode = 16 * 1024;

}  // namespace

void startStress() {
    const Stress& stress = options().stress;
    if (stress.exitRandom) {
        runtime::seedForcedExits(*stress.exitRandom);
    }
    if (stress.tinyCode) {
        clr::CodeMemory::instance().setLimit(kTinyCode);
    }
    if (stress.gc) {
        python::collectAtEveryAllocation();
    }
}

}  // namespace pyjion::driver
