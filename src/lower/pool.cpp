// SPDX-License-Identifier: MIT
#include "lower/pool.h"

namespace pyjion::lower {

cil::PoolId Pool::entry(PoolRecipe recipe, std::string_view name) {
    auto found = entries_.find(recipe);
    if (found != entries_.end()) {
        return found->second;
    }
    cil::PoolId id = cil_.pool(name);
    entries_.emplace(recipe, id);
    recipes_.push_back(recipe);
    return id;
}

}  // namespace pyjion::lower
