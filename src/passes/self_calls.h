// SPDX-License-Identifier: MIT
// Recursive calls without frames. A function that runs no Python code but itself has, beside its code, a body that is
// entered with arguments in registers and no frame, as nobody can look at one. Where such a body has to be left, each
// activation says how its frame would look, and whoever called the first of them makes all of these frames
// (deopt/unwinding.h).
#pragma once

#include <optional>
#include <string>

#include "hir/function.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// Levels of recursion that a body may have in it.
inline constexpr uint32_t kSelfLevels = 1;

/// Turns a function, as the front end makes it, into such a body. `context` has facts as for makeInlinee(), the
/// function itself among its callees, and among its inlinees if one level is to be part of the body; with
/// `returnsNumber` they say that it returns ints, and it is refused if it does not. Fills in `self`, which has the
/// number of the callee. Why there is no such body, if so; the function is in ruins then.
std::optional<std::string> makeSelfBody(hir::Function& function, bool returnsNumber, SelfFact& self,
                                        PassContext& context);

}  // namespace pyjion::passes
