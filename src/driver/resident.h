// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace pyjion::driver {

/// The memory of this process that is not swapped out; SIZE_MAX where the system does not say.
size_t residentBytes();

}  // namespace pyjion::driver
