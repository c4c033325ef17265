// SPDX-License-Identifier: MIT
// Exits on an edge into a block. What leaves there leaves in the state with which the block starts, with the edge's
// arguments in the place of the block's parameters.
#pragma once

#include "hir/function.h"
#include "hir/generated/builder.h"
#include "passes/block_params.h"

namespace pyjion::passes {

/// The snapshot with which a block starts, after instructions that only make objects for it; invalid when it does not
/// start with one, when that is of inlined code, or is for an exit that has consumed a parameter.
hir::SnapshotId stateAtStart(const hir::Function& function, hir::BlockId block);

/// Makes a snapshot on an edge that says there what one of the target says: the edge's arguments stand for the block's
/// parameters. The builder stands in front of the edge's terminator, which has no other target.
hir::SnapshotId copyStateOnEdge(hir::Function& function, hir::Builder& builder, const Edge& edge,
                                hir::SnapshotId snapshot);

/// Makes the snapshot for exits on an edge to a block that starts with one. The builder stands in front of the edge's
/// terminator, which has no other target.
hir::SnapshotId makeStateOnEdge(hir::Function& function, hir::Builder& builder, const Edge& edge);

/// Puts a block on an edge and returns the edge behind it, for code that belongs to the one edge of a branch.
Edge splitEdge(hir::Function& function, const Edge& edge);

}  // namespace pyjion::passes
