// SPDX-License-Identifier: MIT
#include "driver/start.h"

#include "deopt/leave.h"
#include "driver/engine.h"
#include "driver/generators.h"
#include "driver/going_on.h"
#include "driver/loop_entry.h"
#include "driver/policy.h"
#include "driver/registry.h"
#include "driver/under_way.h"

namespace pyjion::driver {

namespace {

bool begin() {
    if (!startRegistry()) {
        return false;
    }
    startPolicy();
    deopt::setExitHook(goOn);
    deopt::setInlinedExitHook(learnFromInlined);
    startInstalling(enterAgainSoon);
    return true;
}

void attachEverywhere(bool enabled) {
    attachAll(enabled);
    updateGenerators(enabled);
}

void end() {
    endLoopEntry();
    updateGenerators(false);
}

constexpr Followers kFollowers = {
    .begin = begin,
    .end = end,
    .dropCodeUnderWay = dropAllCodeUnderWay,
    .attach = attachEverywhere,
    .updateLoopEntry = updateLoopEntry,
};

}  // namespace

void start(const std::string& packageFolder) {
    if (engine().initialise(packageFolder, kFollowers)) {
        setOurFolder(packageFolder + "/");
    }
}

}  // namespace pyjion::driver
