// SPDX-License-Identifier: MIT
// The order of the passes, for fully optimised code.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>

#include "passes/pass.h"

namespace pyjion::passes {

inline constexpr PassId kPipeline[] = {
    PassId::super_methods,
    PassId::promote_locals,
    PassId::redundant_params,
    PassId::fuse_slices,
    PassId::specialise_operations,
    PassId::step_iterators,
    PassId::specialise_accesses,
    PassId::choose_callees,
    PassId::unbox_ranges,
    PassId::step_ranges,
    PassId::specialise_operations,
    PassId::bind_arguments,
    PassId::inline_calls,
    PassId::specialise_operations,
    PassId::call_self,
    PassId::promote_names,
    PassId::quiet_names,
    PassId::guard_stores,
    PassId::hoist_stores,
    PassId::split_returns,
    PassId::peel_loops,
    PassId::simplify,
    PassId::unbox_phis,
    PassId::simplify,
    PassId::unbox_results,
    PassId::elide_references,
    PassId::repeated_guards,
    PassId::fill_instances,
    PassId::reuse_floats,
    PassId::sink_local_stores,
    PassId::simplify,
    PassId::eliminate_dead_code,
};

/// A pass that is on by default and forgotten above would never run.
consteval bool pipelineHasEveryPass() {
    std::array<bool, kPassCount> found{};
    for (PassId pass : kPipeline) {
        found[static_cast<size_t>(pass)] = true;
    }
#define PASS(name, doc, enabled)                                \
    if ((enabled) && !found[static_cast<size_t>(PassId::name)]) \
        return false;
#include "passes/passes.def"
#undef PASS
    return true;
}
static_assert(pipelineHasEveryPass());

}  // namespace pyjion::passes
