// SPDX-License-Identifier: MIT
// Callees made ready to be put into their callers by inline_calls.
#pragma once

#include <optional>
#include <string>

#include "hir/function.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// How a callee's sites and constants are numbered among those of all code that is compiled with it.
struct Numbering {
    uint32_t firstSite = 0;
    uint32_t firstConstant = 0;
};

/// Turns a function, as the front end makes it, into a body that needs no frame (frameless.h) and runs no other Python
/// code (quiet_body.h). `context` has the facts of the callee by the new numbers, among them the bodies of its own
/// callees. `self`: as for makeQuiet(). Why it has no such body, if so; the function is in ruins then.
std::optional<std::string> makeInlinee(hir::Function& function, const Numbering& numbering, PassContext& context,
                                       std::optional<uint32_t> self = std::nullopt);

/// Whether a body reads global or builtin names; whether it returns None and nothing else.
bool readsNames(const hir::Function& body);
bool returnsNone(const hir::Function& body);

}  // namespace pyjion::passes
