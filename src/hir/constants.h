// SPDX-License-Identifier: MIT
// Values that are constants of the function itself.
#pragma once

#include <optional>

#include "hir/function.h"

namespace pyjion::hir {

/// The value of a ConstBool; nothing for other values: what they are is known at run time only.
std::optional<bool> constantBool(const Function& function, ValueId value);

}  // namespace pyjion::hir
