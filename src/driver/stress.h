// SPDX-License-Identifier: MIT
// The option `stress`, as far as it is set once and not looked at where it matters.
#pragma once

namespace pyjion::driver {

/// The options changed.
void startStress();

}  // namespace pyjion::driver
