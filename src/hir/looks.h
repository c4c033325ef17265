// SPDX-License-Identifier: MIT
// Looks into objects: their results are borrowed from places of other objects. What ends them is asked by the verifier
// and by the passes that make such values.
#pragma once

#include "hir/function.h"

namespace pyjion::hir {

/// The result is kept by a place of another object: PeekField, PeekOwn, PeekMember, PeekItem.
bool looksIntoObject(const Function& function, InstrId id);

/// What a look into an object has found may be gone behind the instruction: something else is put in its place, or what
/// has the place may be released.
bool endsLook(const Function& function, InstrId id, InstrId look);

}  // namespace pyjion::hir
