// SPDX-License-Identifier: MIT
// Where the driver begins: the engine, and what follows its state.
#pragma once

#include <string>

namespace pyjion::driver {

/// Called at each import of the package, whose folder this is: see Engine::initialise.
void start(const std::string& packageFolder);

}  // namespace pyjion::driver
