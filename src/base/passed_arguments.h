// SPDX-License-Identifier: MIT
// How calls of Python functions hand their arguments over.
#pragma once

#include <cstddef>

namespace pyjion::base {

/// Up to so many are passed to a helper by value; more lie on the value stack of the caller's frame, which has room for
/// those of the bytecode only.
inline constexpr size_t kMostPassed = 6;

}  // namespace pyjion::base
