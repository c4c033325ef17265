// SPDX-License-Identifier: MIT
// The order of two stores as in `a, b = b, a % b`: CPython stores b first, when the old object of b is on the value
// stack for a. Delayed stores write nothing, so that their order does not matter; the copy in front takes over the
// number of b while b still is that number.
#pragma once

#include <unordered_map>

#include "hir/function.h"

namespace pyjion::passes {

/// Copies of a local that were moved in front of the store to it: by copy, that store.
using SwappedStores = std::unordered_map<hir::InstrId, hir::InstrId>;

SwappedStores swapStores(hir::Function& function);

/// For stores that are not delayed: as it was.
void swapBack(hir::Function& function, hir::InstrId copy, hir::InstrId store);

/// For stores that are: the states between the two, which no exit has any more, go.
void removeStatesBetween(hir::Function& function, hir::InstrId copy, hir::InstrId store);

}  // namespace pyjion::passes
