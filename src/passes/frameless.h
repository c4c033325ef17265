// SPDX-License-Identifier: MIT
// A function whose locals are in no frame: what is inlined has none.
#pragma once

#include <cstdint>

#include "hir/function.h"

namespace pyjion::passes {

/// Turns a callee, as the front end makes it, into a body that is entered with its function and its arguments on the
/// value stack (EntryStack) and ends with InlinedReturn. Each local is a value that the body owns; snapshots list them
/// all, see hir::InlinedCall. What a store or the end of the body gives back has a guard that no Python code runs then.
/// False, with the function in ruins, when that cannot be done: it has a loop, or locals that more than LOAD_FAST and
/// STORE_FAST touch.
bool makeFrameless(hir::Function& function, uint32_t argumentCount);

/// The same for a body that is called as it is: its arguments are passed (PassedObject), and it ends with PassBack.
bool makeCallable(hir::Function& function, uint32_t argumentCount);

}  // namespace pyjion::passes
