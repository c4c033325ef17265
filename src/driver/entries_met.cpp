// SPDX-License-Identifier: MIT
#include "driver/entries_met.h"

#include <vector>

#include "driver/facts.h"

namespace pyjion::driver {
namespace {

bool isAtEntry(const CodeRecord& record, const CompiledCode& code, const deopt::Exit& exit) {
    const auto index = static_cast<int32_t>(exit.resumeIndex);
    return code.entryIndex != 0 ? index == code.entryIndex : index <= record.code->_co_firsttraceable;
}

/// The locals whose types are not those that the code was compiled for. (Those that had no value had no type, and may
/// well have one behind the first iteration.)
bool notesLocals(CodeRecord& record, const CompiledCode& code, python::Frame* frame) {
    const std::vector<hir::Type> now = localTypes(frame);
    bool isNew = false;
    for (uint32_t local = 0; local < now.size() && local < code.entryTypes.size(); ++local) {
        const hir::Type expected = code.entryTypes[local];
        if (!expected.isBottom() && expected != now[local]) {
            isNew = record.varyingLocals.insert(local).second || isNew;
        }
    }
    return isNew;
}

}  // namespace

bool notesEntry(CodeRecord& record, const CompiledCode& code, const deopt::Exit& exit, python::Frame* frame) {
    using deopt::Reason;
    const bool isOfTypes = exit.reason == Reason::TypeChanged || exit.reason == Reason::UnboundLocal;
    if (!exit.inlined.empty() || !isAtEntry(record, code, exit) ||
        (!isOfTypes && exit.reason != Reason::RangeChanged)) {
        return false;
    }
    if (isOfTypes) {
        const bool mayBeOfStack = code.entryIndex != 0 && exit.reason == Reason::TypeChanged;
        return notesLocals(record, code, frame) ||
               (mayBeOfStack && record.varyingStacks.insert(code.entryIndex).second);
    }
    return record.sharedStacks.insert(code.entryIndex).second;
}

}  // namespace pyjion::driver
