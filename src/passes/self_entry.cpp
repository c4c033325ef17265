// SPDX-License-Identifier: MIT
#include "passes/self_entry.h"

#include <utility>

namespace pyjion::passes {

using hir::SnapshotId;
using hir::ValueId;

ValueId enterSelf(hir::Builder& builder, bool forInt, ValueId function, std::vector<ValueId> arguments, uint32_t callee,
                  SnapshotId exit, SnapshotId raised) {
    builder.guardSelf(function, exit);
    builder.guardRoom(exit);
    builder.releaseQuietly(function);  // a frame holds it
    return forInt ? builder.callSelfInt(std::move(arguments), callee, raised)
                  : builder.callSelf(std::move(arguments), callee, raised);
}

}  // namespace pyjion::passes
