// SPDX-License-Identifier: MIT
#include "passes/ssa_construction.h"

#include "base/check.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::ValueId;

ValueId SsaVariable::atEnd(BlockId block) {
    auto found = assigned_.find(block);
    return found != assigned_.end() ? found->second : atStart(block);
}

ValueId SsaVariable::atStart(BlockId block) {
    // Walks up through blocks with one way in, without recursion.
    std::vector<BlockId> passed;
    ValueId value;
    while (true) {
        auto known = start_.find(block);
        if (known != start_.end()) {
            value = known->second;
            break;
        }
        const std::vector<Edge>& incoming = edges_[block.index()];
        if (incoming.size() != 1) {
            value = incoming.empty() ? ValueId() : makeParam(block);
            break;
        }
        passed.push_back(block);
        block = incoming[0].from;
        auto found = assigned_.find(block);
        if (found != assigned_.end()) {
            value = found->second;
            break;
        }
    }
    for (BlockId between : passed) {
        start_[between] = value;
    }
    return value;
}

ValueId SsaVariable::makeParam(BlockId block) {
    ValueId param = function_.addParam(block, type_, ownership_);
    start_[block] = param;
    for (const Edge& edge : edges_[block.index()]) {
        ValueId argument = atEnd(edge.from);
        PYJION_CHECK(argument.valid(), "a variable is read in block{} but not assigned on every path", block.index());
        targetOf(function_, edge).arguments.push_back(argument);
    }
    return param;
}

}  // namespace pyjion::passes
