// SPDX-License-Identifier: MIT
#include "driver/never_run.h"

#include <set>

#include "bytecode/never_run.h"
#include "python/frame.h"

namespace pyjion::driver {

namespace {

/// Code that is left for so many ways changes what it does.
constexpr size_t kMostWays = 8;

}  // namespace

void leaveOutNeverRun(const CodeRecord& record, bytecode::Code& code, int32_t entryIndex) {
    const bool isKnown = record.quick == nullptr && python::isQuickened(record.code);
    if (!isKnown || record.waysTaken.size() >= kMostWays) {
        return;
    }
    std::set<int32_t> executed = record.waysTaken;
    executed.insert(entryIndex);
    bytecode::findNeverRun(code, executed);
}

bool notesWay(CodeRecord& record, int32_t index) {
    return record.waysTaken.insert(index).second;
}

}  // namespace pyjion::driver
