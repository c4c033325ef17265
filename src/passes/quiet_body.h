// SPDX-License-Identifier: MIT
// A body that runs no other Python code: nobody can look at the frame that it does not have.
#pragma once

#include <optional>
#include <string>

#include "hir/function.h"

namespace pyjion::passes {

/// Input: a frameless body (frameless.h), specialised. Output: one in which nothing can run Python code but what an
/// exit goes on with. What gives references back gets guards in front of its bytecode that their objects end quietly;
/// ways that raise an exception leave. The name of the instruction that stands against it, when there is one; the
/// function is in ruins then.
/// `self`: the number of the code as a callee, whose calls enter the frameless body (CallSelf) and count as quiet.
std::optional<std::string> makeQuiet(hir::Function& function, std::optional<uint32_t> self = std::nullopt);

}  // namespace pyjion::passes
