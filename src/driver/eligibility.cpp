// SPDX-License-Identifier: MIT
#include "driver/eligibility.h"

#include "driver/engine.h"
#include "driver/gains.h"
#include "driver/left_out.h"
#include "driver/options.h"

namespace pyjion::driver {
namespace {

/// Full code is compiled so often for one code object, then it stays in quick code.
constexpr uint32_t kFullCompilesAllowed = 5;
/// Quick code of more bytecodes may be too large for RyuJIT's optimisations.
constexpr uint32_t kMostHotQuick = 700;
constexpr int64_t kLoopIterations = 1000;

/// Code that was found not to gain may be tried again when it has used so many times the time that it had used then.
constexpr uint32_t kSamplesToNextTrial = 2;

/// Larger code stays in quick code: the passes follow each local through each instruction.
constexpr uint32_t kMostBytecodes = 20000;
constexpr uint64_t kMostStates = 4'000'000;

}  // namespace

const char* ruledOut(const CodeRecord& record) {
    if (record.suppressed) {
        return "pyjion.suppress() keeps it interpreted";
    }
    if (record.isOurs) {
        return "it belongs to pyjion itself";
    }
    if (const char* reason = leftOutByOptions(record)) {
        return reason;
    }
    return engine().executionRefused();
}

bool isTooLarge(const CodeRecord& record) {
    uint64_t bytecodes = record.bytecodes;
    return bytecodes > kMostBytecodes || bytecodes * static_cast<uint64_t>(record.code->co_nlocalsplus) > kMostStates;
}

bool mayCompileFull(const CodeRecord& record) {
    return mayCompileLoop(record) && !record.makesGenerator && (!record.gainsNothing || deservesAnotherTrial(record));
}

bool mayCompileLoop(const CodeRecord& record) {
    return options().full_code && !isTooLarge(record) && record.fullCompiles < kFullCompilesAllowed + record.lessons &&
           ruledOut(record) == nullptr;
}

bool mayHeatQuick(const CodeRecord& record) {
    return !record.quickIsHot && record.quick && !mayCompileFull(record) && record.bytecodes <= kMostHotQuick &&
           ruledOut(record) == nullptr;
}

bool deservesAnotherTrial(const CodeRecord& record) {
    return gainsSoFar() != record.gainsAtVerdict && record.samples >= kSamplesToNextTrial * record.samplesAtVerdict;
}

void stopOptimising(CodeRecord& record) {
    record.fullCompiles = kFullCompilesAllowed + kMostLessons;
}

void planPromotion(CodeRecord& record) {
    if (!mayCompileFull(record) && !mayHeatQuick(record)) {
        record.promoteAt = UINT64_MAX;
        return;
    }
    uint64_t entries = options().stress.compileAll ? 2 : kPromoteEntries << record.fullCompiles;
    record.promoteAt = record.runCount + entries;
}

void promoteNextCall(CodeRecord& record) {
    record.askAgain();
    record.promoteAt = record.runCount + 1;
}

int64_t iterationsToPromote() {
    return options().osr.mode == Osr::Mode::Every ? static_cast<int64_t>(options().osr.every) : kLoopIterations;
}

}  // namespace pyjion::driver
