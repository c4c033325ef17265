// SPDX-License-Identifier: MIT
// Block parameters seen as phis: the edges into blocks, the argument that each passes, and removing parameters that
// are not needed. Used by the passes that make or retype parameters.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

/// One way into a block: a target of a terminator.
struct Edge {
    hir::BlockId from;
    hir::InstrId terminator;
    uint32_t target = 0;
};

/// The edges from reachable blocks into each block, by block index.
using EdgeTable = std::vector<std::vector<Edge>>;
EdgeTable incomingEdges(const hir::Function& function);

hir::Target& targetOf(hir::Function& function, const Edge& edge);
const hir::Target& targetOf(const hir::Function& function, const Edge& edge);

/// Whether each parameter of a block takes the reference of its argument, if that is one. One that does not is another
/// value: something else holds it meanwhile.
bool passesAsTheyAre(const hir::Function& function, hir::BlockId block, const std::vector<hir::ValueId>& arguments);

/// Removes the parameters for which `dead` (by value index) is set, with the arguments passed to them.
void removeParams(hir::Function& function, const std::vector<bool>& dead);

/// Replaces parameters that always have the same value as another one: those that receive one value besides
/// themselves, and the second of two parameters of a block that receive the same values. Where blocks meet, owned
/// parameters stay that get more than one reference, since passing them on is what consumes their arguments. True when
/// something was replaced.
bool removeRedundantParams(hir::Function& function);

}  // namespace pyjion::passes
