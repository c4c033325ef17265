// SPDX-License-Identifier: MIT
// Values that are constants of the function itself.
#pragma once

#include <optional>

#include "hir/function.h"

namespace pyjion::hir {

/// PeekOwn, ExchangeOwn: the instances have the name in dicts alone. GuardNotOwn: so many names never are shared.
inline constexpr uint32_t kNoPlace = UINT32_MAX;

/// CheckedWhole leaves for what has more bits: the sums of some such numbers are exact still.
inline constexpr int kWholeBits = 50;

/// The value of a ConstBool; nothing for other values: what they are is known at run time only.
std::optional<bool> constantBool(const Function& function, ValueId value);

}  // namespace pyjion::hir
