// SPDX-License-Identifier: MIT
#include "driver/waiting.h"

#include <utility>

#include "base/immortal.h"

namespace pyjion::driver {

namespace {

std::vector<CodeRecord*>& waiting() {
    static base::Immortal<std::vector<CodeRecord*>> all;
    return *all;
}

}  // namespace

const std::vector<CodeRecord*>& waitingRecords() {
    return waiting();
}

void reserveWaiting() {
    waiting().reserve(waiting().size() + 1);
}

void waitFor(CodeRecord& record, std::unique_ptr<CodeUnderWay> made) {
    record.underWay = std::move(made);
    waiting().push_back(&record);
}

uint64_t bytecodesUnderWay() {
    uint64_t bytecodes = 0;
    for (const CodeRecord* record : waiting()) {
        bytecodes += record->size();
    }
    return bytecodes;
}

std::unique_ptr<CodeUnderWay> takeCodeUnderWay(CodeRecord& record) {
    if (record.underWay) {
        std::erase(waiting(), &record);
    }
    return std::move(record.underWay);
}

}  // namespace pyjion::driver
