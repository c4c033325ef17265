// SPDX-License-Identifier: MIT
#include "driver/settle.h"

#include <utility>

#include "driver/credit.h"
#include "driver/eligibility.h"
#include "driver/engine.h"
#include "driver/entry_place.h"
#include "driver/events.h"
#include "driver/statistics.h"
#include "driver/trial_runs.h"

namespace pyjion::driver {
namespace {

/// What was left for a handler that has code now need not be left any more.
void judgeWithHandler(CodeRecord& record) {
    if (record.trial) {
        putOnTrial(record);
    }
    for (const auto& [header, code] : record.loops) {
        code->takeovers = 0;
        code->takeoverCycles = 0;
    }
}

void settleFull(CodeRecord& record, int32_t header, Outcome& outcome) {
    const Outcome::Kind kind = outcome.kind;
    if (kind == Outcome::Kind::Refused) {
        stopOptimising(record);
        record.refusal = std::move(outcome.refusal);
    }
    if (kind == Outcome::Kind::Compiled && entryPlace(record.code, header) == EntryPlace::Handler) {
        judgeWithHandler(record);
    }
    if (kind == Outcome::Kind::Compiled && header != 0 && !record.full) {
        promoteNextCall(record);
    } else if (kind != Outcome::Kind::Compiled && record.quick && !record.full) {
        planPromotion(record);
    }
}

}  // namespace

void settle(CodeRecord& record, Purpose purpose, int32_t header, Outcome& outcome) {
    if (outcome.kind == Outcome::Kind::Begun) {
        return;
    }
    if (outcome.kind == Outcome::Kind::Refused) {
        note(outcome.isInternalError ? Event::Kind::InternalError : Event::Kind::Refused, record,
             outcome.refusal.line(), outcome.refusal.text());
    }
    statistics().refused += outcome.kind == Outcome::Kind::Refused;
    statistics().internalErrors += outcome.isInternalError;
    memoryWas(outcome.kind != Outcome::Kind::NoMemory);
    if (outcome.kind == Outcome::Kind::ExecutionRefused) {
        engine().refuseExecution(outcome.refusal.text());
    }
    const bool mayBeTriedAgain = outcome.kind == Outcome::Kind::NoMemory || outcome.kind == Outcome::Kind::OutOfDate;
    switch (purpose) {
        case Purpose::First:
            record.failed = outcome.kind == Outcome::Kind::Refused;
            record.refusal = std::move(outcome.refusal);
            if (outcome.compiled()) {
                planPromotion(record);
            }
            return;
        case Purpose::Full:
            settleFull(record, header, outcome);
            return;
        case Purpose::Earned:
            settleFull(record, header, outcome);
            if (outcome.compiled() && !record.full->isSuccessor) {
                putOnTrial(record);
            }
            return;
        case Purpose::HotQuick:
            record.quickIsHot = !mayBeTriedAgain;
            planPromotion(record);
            return;
        case Purpose::ResumePoints:
            if (mayBeTriedAgain) {
                record.moreResumePoints.pop_back();
            }
            return;
        case Purpose::Other:
            return;
    }
}

}  // namespace pyjion::driver
