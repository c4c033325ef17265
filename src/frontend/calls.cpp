// SPDX-License-Identifier: MIT
// Calls. PRECALL changes nothing that an exit between it and CALL could see (it only takes bound methods apart, and
// CALL copes with whole ones), so that the call is translated at CALL.
#include "frontend/translation.h"

namespace pyjion::frontend {

/// The interpreter keeps the names for the next CALL, and so does the translation; nothing can be left in between.
void Handlers::keywordNames(Translation& t, const bytecode::Instruction& i) {
    t.keywordNames_ = i.argument;
    t.snapshotHere();  // the call can be made once more from here
}

void Handlers::call(Translation& t, const bytecode::Instruction& i) {
    if (t.keywordNames_) {
        uint32_t names = *t.keywordNames_;
        t.keywordNames_.reset();
        t.pushOperation(hir::Operation::CallWithNames, t.popOperands(i.argument + 2), names);
        return;
    }
    size_t first = t.stack_.size() - i.argument - 2;
    std::vector<hir::ValueId> arguments(t.stack_.begin() + static_cast<ptrdiff_t>(first) + 2, t.stack_.end());
    hir::ValueId lower = t.stack_[first];
    hir::ValueId upper = t.stack_[first + 1];
    t.stack_.resize(first);
    t.push(t.build_.call(lower, upper, std::move(arguments), t.site(), t.seen().left, t.snapshotHere()));
}

}  // namespace pyjion::frontend
