// SPDX-License-Identifier: MIT
#include "driver/entry_mode.h"

#include "driver/credit.h"
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

}  // namespace pyjion::driver
