// SPDX-License-Identifier: MIT
#include "driver/entry_mode.h"

#include <cstdint>

#include "driver/credit.h"
#include "driver/engine.h"
#include "driver/options.h"

namespace pyjion::driver {
namespace {

/// Whether somebody has said after how many runs functions are compiled.
bool isThresholdSet() {
    return options().threshold != Options().threshold;
}

}  // namespace

bool makesQuickCodeAtOnce() {
    return options().compile == CompileMode::Sync || isThresholdSet();
}

bool isHookWanted() {
    return isBudgetUnlimited() || makesQuickCodeAtOnce() || options().stress != Stress{} ||
           options().osr.mode != Osr::Mode::On || !options().full_code;
}

bool alternateEntries() {
    constexpr uint32_t kEntriesOfEach = 16;
    static uint32_t entries = 0;
    if (options().stress.trampolines && ++entries % kEntriesOfEach == 0) {
        engine().standsBack() ? engine().comeBack() : engine().standBack();
    }
    return options().stress.trampolines;
}

}  // namespace pyjion::driver
