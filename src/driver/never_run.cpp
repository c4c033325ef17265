// SPDX-License-Identifier: MIT
#include "driver/never_run.h"

#include <set>

#include "bytecode/never_run.h"
#include "python/frame.h"

namespace pyjion::driver {

namespace {

/// Code that is left for so many ways changes what it does.
constexpr size_t kMostWays = 8;

bool isKnown(const CodeRecord& record) {
    return record.quick == nullptr && python::isQuickened(record.code) && record.waysTaken.size() < kMostWays;
}

}  // namespace

void leaveOutNeverRun(const CodeRecord& record, bytecode::Code& code, int32_t entryIndex) {
    if (!isKnown(record)) {
        return;
    }
    std::set<int32_t> executed = record.waysTaken;
    executed.insert(entryIndex);
    bytecode::findNeverRun(code, executed);
}

double partToCompile(const CodeRecord& record) {
    return isKnown(record) ? bytecode::partThatHasRun(record.code) : 1;
}

bool notesWay(CodeRecord& record, int32_t index) {
    return record.waysTaken.insert(index).second;
}

}  // namespace pyjion::driver
