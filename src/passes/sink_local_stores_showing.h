// SPDX-License-Identifier: MIT
// Where delayed stores are written back: in front of the snapshot of what shows the slots, if that can be.
#pragma once

#include <cstddef>
#include <vector>

#include "hir/function.h"
#include "passes/sink_local_stores_slots.h"

namespace pyjion::passes {

/// For the snapshot at a position in a block: the exit of an instruction that shows the slots names it, and no store
/// lies between them. Writing back in front of the snapshot saves the exit from doing it again.
bool isForShowing(const hir::Function& function, const LocalSlots& slots, const std::vector<hir::InstrId>& instrs,
                  size_t position);

/// The same for what shows names alone: a Return, or what stands behind the taking of their dict's version.
bool isForShowingNames(const hir::Function& function, const LocalSlots& slots, const std::vector<hir::InstrId>& instrs,
                       size_t position);

}  // namespace pyjion::passes
