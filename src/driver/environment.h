// SPDX-License-Identifier: MIT
// The variables PYJION_<NAME> of the process's environment: one for each option, and those that are no options.
#pragma once

#include <string>

#include "driver/options.h"

namespace pyjion::driver {

/// What the environment says besides the values of options.
struct Environment {
    bool keepsOff = false;  // PYJION_ENABLE=0
    std::string badValues;  // sentences for the user, one per line
    std::string unknownNames;
};

/// Reads them all. Bad values leave their option as it was.
Environment readEnvironment(Options& target);

}  // namespace pyjion::driver
