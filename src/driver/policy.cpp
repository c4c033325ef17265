// SPDX-License-Identifier: MIT
#include "driver/policy.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "driver/back_edges.h"
#include "driver/compile.h"
#include "driver/credit.h"
#include "driver/eligibility.h"
#include "driver/engine.h"
#include "driver/entry_mode.h"
#include "driver/options.h"
#include "driver/places.h"
#include "driver/registry.h"
#include "driver/statistics.h"
#include "driver/time_budget.h"
#include "driver/trial_runs.h"
#include "driver/under_way.h"
#include "driver/verdicts.h"
#include "python/names.h"
#include "python/takeover.h"
#include "replay/replay.h"
#include "runtime/builtin_calls.h"
#include "runtime/finish.h"
#include "runtime/tiering.h"

namespace pyjion::driver {

namespace {

constexpr int kOptimizedCode = 0x1;  // inspect.CO_OPTIMIZED: a function, not the body of a module or class

/// What optimised code costs to compile, in bytecodes of quick code.
constexpr double kFullCost = 8;
/// The same for quick code that RyuJIT optimises.
constexpr double kHotQuickCost = 3;
/// What the interpreter runs is asked about after so many entries at the latest: until then it pays nothing in.
constexpr uint32_t kUnaskedEntries = 256;
/// The same for what waits for the background, and iterations for loops: both are told when their code is installed,
/// but nobody can be told while no thread runs Python.
constexpr uint32_t kUnaskedUnderWay = 16;
constexpr int64_t kIterationsUnderWay = 16;
/// A loop that has run so often is optimised whatever the budget says: it has paid for itself.
constexpr uint64_t kCertainIterations = 16000;

/// Compiles code that has none yet.
bool compileFirst(CompileRequest request) {
    request.purpose = Purpose::First;
    return compileCode(request).compiled();
}

/// What the interpreter has spent in it, or in one of its loops, whose code exists: then the next call is worth
/// optimising as a whole.
bool isEarnedByTime(const CodeRecord& record) {
    return hasEarnedCalls(record) || record.runCount >= record.promoteAt;
}

void heatQuick(CodeRecord& record) {
    record.quickIsHot = true;
    CompileRequest request;
    request.purpose = Purpose::HotQuick;
    request.record = &record;
    compileCode(request);
}

bool compileFull(CodeRecord& record, int32_t entryIndex, python::Frame* frame, Purpose purpose = Purpose::Full) {
    if (entryIndex != 0 ? !mayCompileLoop(record) : !mayCompileFull(record)) {
        return false;
    }
    CompileRequest request;
    request.purpose = purpose;
    request.record = &record;
    request.tier = Tier::Full;
    request.entryIndex = entryIndex;
    request.frame = frame;
    request.mustPay = !isBudgetUnlimited() && options().stress == Stress{};
    return compileCode(request).compiled();
}

void promote(runtime::CodeEntry* entry, _PyInterpreterFrame* frame) {
    auto& record = *static_cast<CodeRecord*>(entry);
    if (record.full || !engine().compiles()) {
        return;
    }
    if (waitsForCode(record)) {
        record.promoteAt = record.runCount + kUnaskedUnderWay;
        return;
    }
    earn(kPromoteEntries);
    const bool full = mayCompileFull(record);
    if (!full && !mayHeatQuick(record)) {
        record.promoteAt = UINT64_MAX;
        return;
    }
    if (!pay(record.size() * (full ? kFullCost : kHotQuickCost)) &&
        (record.runCount < 20 * kPromoteEntries || !mayTryForMemory())) {
        record.promoteAt = record.runCount + kPromoteEntries;
        return;
    }
    record.promoteAt = UINT64_MAX;
    if (full) {
        compileFull(record, 0, frame);
    } else {
        heatQuick(record);
    }
}

/// An exit that would not leave what the interpreter has is an error of ours.
void reportWrongExit(PyCodeObject* code, const std::string& problem) {
    statistics().internalErrors++;
    if (isListed(options().dump, "errors")) {
        std::fprintf(stderr, "; %s: %s\n", python::textOf(code->co_qualname).c_str(), problem.c_str());
    }
}

/// Only decides. The code is compiled when quick code has been left: then the value stack is in the frame, and its
/// types can be looked at.
bool loopIsHot(PyThreadState*, _PyInterpreterFrame*, runtime::LoopCounter* counter) {
    auto& record = *static_cast<CodeRecord*>(counter->entry);
    if (waitsForCode(record) && !record.loops.contains(static_cast<int32_t>(counter->header))) {
        counter->left = kIterationsUnderWay;
        return false;
    }
    const Osr& osr = options().osr;
    const int64_t limit = iterationsToPromote();
    counter->left = limit;
    record.iterations += static_cast<uint64_t>(limit);
    earn(static_cast<uint64_t>(limit));
    if (osr.mode == Osr::Mode::Off || !engine().compiles()) {
        return false;
    }
    if (record.loops.contains(static_cast<int32_t>(counter->header))) {
        return true;
    }
    const bool full = mayCompileFull(record);
    if (!full && !mayHeatQuick(record)) {
        counter->left = INT64_MAX;
        return false;
    }
    return osr.mode == Osr::Mode::Every || pay(record.size() * (full ? kFullCost : kHotQuickCost)) ||
           (record.iterations >= kCertainIterations && mayTryForMemory());
}

}  // namespace

bool hasEarnedLoop(const CodeRecord& record, uint32_t samples) {
    return paysForLoop(record, samples) && mayTryForMemory();
}

bool hasEarnedCalls(const CodeRecord& record) {
    return paysForCalls(record) && mayTryForMemory();
}

const CompiledCode* loopCode(CodeRecord& record, int32_t header, python::Frame* frame) {
    const bool waits = waitsForCode(record);
    auto compiled = record.loops.find(header);
    if (compiled == record.loops.end()) {
        if (waits) {
            return nullptr;
        }
        if (mayHeatQuick(record)) {
            heatQuick(record);
            return nullptr;
        }
        if (!compileFull(record, header, frame)) {
            return nullptr;
        }
        compiled = record.loops.find(header);
    } else if (compiled->second->isOutdated && !waits && hasEarnedLoop(record, record.loopSamples[header])) {
        compileFull(record, header, frame);
        compiled = record.loops.find(header);
    }
    return compiled->second.get();
}

void compileFrom(CodeRecord& record, int32_t unit, python::Frame* frame) {
    compileFull(record, unit, frame);
}

namespace {

/// Whether it is still what calls enter, or a loop.
bool isCurrent(const CodeRecord& record, const CompiledCode& code) {
    auto loop = record.loops.find(code.entryIndex);
    return record.full.get() == &code || (loop != record.loops.end() && loop->second.get() == &code);
}

}  // namespace

void reconsider(CodeRecord& record, CompiledCode& left, int32_t index, python::Frame* frame) {
    if (waitsForCode(record)) {
        return;
    }
    left.checks++;
    const bool mayLearn = record.lessons < kMostLessons &&
                          (isBudgetUnlimited() || isAffordable(record) || paysForLoop(record, left.checks));
    const bool learns = mayLearn && !left.isOutdated && isCurrent(record, left) && hasLearned(record, left);
    const bool isHeader = isLoopHeader(record, index);
    // Code of the loop itself is left in place until there is what replaces it.
    if (learns && (record.full.get() == &left || (isHeader && left.entryIndex != index))) {
        makesAnew(record, left, true);
    } else if (learns && isHeader) {
        record.lessons++;
    }
    if (!isHeader) {
        return;
    }
    if (learns) {
        compileFull(record, index, frame);
    } else if (python::isTakenOver(frame) && !record.loops.contains(index) &&
               hasEarnedLoop(record, ++record.loopSamples[index])) {
        compileFull(record, index, frame);
    }
}

void startPolicy() {
    runtime::tieringHooks.entryFor = [](PyCodeObject* code) -> runtime::CodeEntry* { return recordFor(code); };
    runtime::tieringHooks.loopIsHot = loopIsHot;
    runtime::tieringHooks.promote = promote;
    runtime::findUncountedBuiltins();
    replay::install(reportWrongExit);
}

namespace {

/// Entries after which it is worth asking again whether the code may be compiled; 0: now. The reason is left behind.
uint32_t entriesToWait(CodeRecord& record, bool isWanted) {
    if (record.failed) {
        return kUnaskedEntries;
    }
    if (const char* reason = ruledOut(record)) {
        record.refusal = Refusal(reason);
        return kUnaskedEntries;
    }
    bool all = options().stress.compileAll;
    if (!all && record.runCount < options().threshold) {
        record.refusal = Refusal("it has not been entered as often as the option threshold asks for");
        return static_cast<uint32_t>(std::min<uint64_t>(options().threshold - record.runCount, kUnaskedEntries));
    }
    if (!all && (record.code->co_flags & kOptimizedCode) == 0) {
        record.refusal = Refusal("the body of a module or class runs once");
        return kUnaskedEntries;
    }
    if (!all && !isBudgetUnlimited() && !isWanted) {
        if (!record.gainsNothing && mayCompileLoop(record)) {
            record.refusal = Refusal("it is interpreted until it has used enough time to be worth compiling");
        }
        return kUnaskedEntries;
    }
    if (!pay(record.size())) {
        record.refusal =
            Refusal(lackedMemory() ? "there was no memory for compiling; it will be tried again"
                                   : "the compile budget is used up for now; entries and iterations earn more");
        return entriesUntil(record.size());
    }
    return 0;
}

}  // namespace

namespace {

/// Code that has learnt is made again where there is budget, however little the interpreter runs it by now.
bool hasEarnedNewCalls(const CodeRecord& record) {
    return hasEarnedCalls(record) || (record.full && record.full->isOutdated && isAffordable(record));
}

}  // namespace

void considerCalls(CodeRecord& record) {
    const bool mayBeTried = record.full && record.full->isForCompiledCallers && !record.full->isOutdated;
    if (mayBeTried && !record.trial && deservesAnotherTrial(record)) {
        putOnTrial(record);
        return;
    }
    const bool wantsCode = record.full ? record.full->isOutdated : !record.body;
    if (engine().standsBack() && wantsCode && !record.failed && !waitsForCode(record) && !record.asksAtStart &&
        mayCompileFull(record) && hasEarnedNewCalls(record)) {
        record.asksAtStart = true;
        attach(record, engine().compiles());
    }
}

void considerStart(CodeRecord& record, python::Frame* frame) {
    record.noteModule(python::globals(frame));
    record.asksAtStart = false;
    const bool wantsCode = !record.full || record.full->isOutdated;
    if (!waitsForCode(record) && wantsCode && !record.failed && hasEarnedNewCalls(record)) {
        compileFull(record, 0, frame, Purpose::Earned);
    }
    attach(record, engine().compiles());
}

uint32_t considerEntry(CodeRecord& record, python::Frame* frame) {
    record.noteModule(python::globals(frame));
    earn(record.unpaidEntries + 1);
    record.unpaidEntries = 0;
    if (!waitsForCode(record) && !record.body && !record.full && !record.failed && isEarnedByTime(record)) {
        compileFull(record, 0, frame, Purpose::Earned);
    }
    if (record.body || record.trial) {
        return 1;
    }
    if (record.underWay) {
        record.unpaidEntries = kUnaskedUnderWay - 1;
        return kUnaskedUnderWay;
    }
    const bool isWanted = makesQuickCodeAtOnce() && engine().isUsersOwn(python::globals(frame));
    if (const uint32_t entries = entriesToWait(record, isWanted); entries != 0) {
        record.unpaidEntries = entries - 1;
        return entries;
    }
    CompileRequest request;
    request.record = &record;
    request.frame = frame;
    if (!compileFirst(request) && !record.underWay) {
        // Refused after a look at the bytecode, which costs next to nothing.
        refund(record.size());
    }
    return 1;
}

namespace {

bool hasRunUnseen(const CodeRecord& record) {
    return record.entries() == 0 && engine().standsBack() && python::hasRun(record.code);
}

}  // namespace

void catchUp(CodeRecord& record, PyObject* globals, PyObject* builtins) {
    if (!engine().compiles() || globals == nullptr || record.full || record.current() != nullptr) {
        return;
    }
    record.noteModule(globals);
    if (hasRunUnseen(record)) {
        record.leaveToInterpreter(1);
    } else if (record.entries() == 0 || makesQuickCodeAtOnce()) {
        return;
    }
    if (!waitsForCode(record) && entriesToWait(record, engine().isUsersOwn(globals)) == 0) {
        CompileRequest request;
        request.record = &record;
        request.globals = globals;
        request.builtins = builtins;
        compileFirst(request);
    }
}

bool compileNow(CodeRecord& record, bool full, PyObject* globals, PyObject* builtins, Refusal* whyNotFull) {
    if (engine().keptOff() != nullptr || engine().unavailable() || record.suppressed) {
        return false;
    }
    dropCodeUnderWay(record);
    if (record.trial) {
        record.trial.reset();
        attach(record, engine().compiles());
    }
    CompileRequest request;
    request.record = &record;
    request.globals = globals;
    request.builtins = builtins;
    if (!record.quick && !record.failed) {
        compileFirst(request);
    }
    if (full && record.quick && !record.full) {
        request.tier = Tier::Full;
        Refusal refusal =
            isTooLarge(record) ? Refusal("it is too large to be optimised") : compileCode(request).refusal;
        if (whyNotFull != nullptr) {
            *whyNotFull = std::move(refusal);
        }
    }
    if (record.quick && record.makesGenerator) {
        engine().comeBack();
    }
    return record.quick != nullptr;
}

bool compileOptimised(CodeRecord& record) {
    if (engine().unavailable() || record.suppressed || !record.quick) {
        return false;
    }
    dropCodeUnderWay(record);
    CompileRequest request;
    request.record = &record;
    request.optimised = true;
    return compileCode(request).compiled();
}

}  // namespace pyjion::driver
