// SPDX-License-Identifier: MIT
#include "driver/policy.h"

#include <algorithm>
#include <cstdio>
#include <new>

#include "bytecode/decode.h"
#include "clr/code_memory.h"
#include "driver/back_edges.h"
#include "driver/compile.h"
#include "driver/engine.h"
#include "driver/events.h"
#include "driver/going_on.h"
#include "driver/loop_entry.h"
#include "driver/options.h"
#include "driver/places.h"
#include "driver/statistics.h"
#include "driver/time_budget.h"
#include "driver/under_way.h"
#include "frontend/build.h"
#include "python/collector.h"
#include "python/names.h"
#include "python/takeover.h"
#include "python/thread.h"
#include "replay/replay.h"
#include "runtime/builtin_calls.h"
#include "runtime/finish.h"
#include "runtime/tiering.h"

namespace pyjion::driver {

namespace {

constexpr int kOptimizedCode = 0x1;  // inspect.CO_OPTIMIZED: a function, not the body of a module or class

/// Bytecodes of quick code that a session may compile before it has earned any.
constexpr double kInitialCredit = 4000;
/// What optimised code costs to compile, in bytecodes of quick code.
constexpr double kFullCost = 8;
/// The same for quick code that RyuJIT optimises.
constexpr double kHotQuickCost = 3;
/// Quick code of more bytecodes may be too large for RyuJIT's optimisations.
constexpr uint32_t kMostHotQuick = 700;
/// Entries of quick code after which a function is worth optimising.
constexpr uint64_t kPromoteEntries = 200;
constexpr int64_t kLoopIterations = 1000;
/// What the interpreter runs is asked about after so many entries at the latest: until then it pays nothing in.
constexpr uint32_t kUnaskedEntries = 256;
/// The same for what waits for credit, which others may earn meanwhile.
constexpr uint32_t kUnaskedWaiting = 64;
/// The same for what waits for the background, and iterations for loops: both are told when their code is installed,
/// but nobody can be told while no thread runs Python.
constexpr uint32_t kUnaskedUnderWay = 16;
constexpr int64_t kIterationsUnderWay = 16;
/// A loop that has run so often is optimised whatever the budget says: it has paid for itself.
constexpr uint64_t kCertainIterations = 16000;
/// Full code whose guesses failed so often is given up; the sites concerned are no longer guessed.
constexpr uint64_t kFailuresAllowed = 8;
/// The same while it is tried: what exits cost would be taken for what the code costs.
constexpr uint64_t kFailuresAllowedOnTrial = 2;
/// Full code is compiled so often for one code object, then it stays in quick code.
constexpr uint32_t kFullCompilesAllowed = 5;

/// After so many activations that the interpreter had to finish, it is looked whether they are more than this part, as
/// a divisor, of all: what an exit costs is what optimised code saves in some calls.
constexpr uint64_t kEndsToJudge = 64;
constexpr uint64_t kMostEnds = 8;

/// The most that optimised code may take of the interpreter's time to be worth entering, and the hook that it needs.
constexpr double kMostOfInterpreted = 0.9;

/// Code that was found not to gain may be tried again when it has used so many times the time that it had used then.
constexpr uint32_t kSamplesToNextTrial = 3;

/// Optimised code is made again so often because of types that it met.
constexpr uint32_t kMostLessons = 4;

/// Larger code stays in quick code: the passes follow each local through each instruction.
constexpr uint32_t kMostBytecodes = 20000;
constexpr uint64_t kMostStates = 4'000'000;

/// Code memory under PYJION_STRESS=tiny-code: room for a few functions.
constexpr uint64_t kTinyCode = 16 * 1024;

/// The budget: bytecodes that may still be compiled.
double credit = kInitialCredit;

void earn(uint64_t events) {
    credit = std::min(credit + static_cast<double>(events) * options().budget / 1000, 1e9);
}

/// How often compiling is passed over before it is tried again, because the last time there was no memory for it.
struct Patience {
    uint32_t left = 0;
    uint32_t next = kFirst;

    static constexpr uint32_t kFirst = 64;
    static constexpr uint32_t kLongest = 16384;

    /// Counts down.
    bool isOver() {
        left -= left != 0;
        return left == 0;
    }
};
Patience patience;

bool pay(double bytecodes) {
    if (!patience.isOver()) {
        return false;
    }
    if (options().stress.compileAll || isBudgetUnlimited()) {
        return true;
    }
    if (credit < bytecodes) {
        return false;
    }
    credit -= bytecodes;
    return true;
}

/// The number of entries that earn what is missing for so many bytecodes; from 1 to kUnaskedWaiting.
uint32_t entriesUntil(double bytecodes) {
    if (patience.left != 0) {
        return 1;
    }
    const double entries = (bytecodes - credit) * 1000 / options().budget;
    return static_cast<uint32_t>(std::clamp(entries, 1.0, double{kUnaskedWaiting}));
}

/// Why a code object is not even tried; null when it may be.
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

/// Whether RyuJIT shall optimise quick code: where there is no optimised form of it, that is the next best.
bool mayHeatQuick(const CodeRecord& record) {
    return !record.quickIsHot && record.quick && !mayCompileFull(record) && record.bytecodes <= kMostHotQuick &&
           ruledOut(record) == nullptr;
}

void planPromotion(CodeRecord& record) {
    if (!mayCompileFull(record) && !mayHeatQuick(record)) {
        record.promoteAt = UINT64_MAX;
        return;
    }
    uint64_t entries = options().stress.compileAll ? 2 : kPromoteEntries << record.fullCompiles;
    record.promoteAt = record.runCount + entries;
}

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
        (record.runCount < 20 * kPromoteEntries || !patience.isOver())) {
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
    if (("," + options().dump + ",").find(",errors,") != std::string::npos) {
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
    int64_t limit = osr.mode == Osr::Mode::Every ? static_cast<int64_t>(osr.every) : kLoopIterations;
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
           (record.iterations >= kCertainIterations && patience.isOver());
}

/// Its operands count as seen with every type.
void forgetSite(CodeRecord& record, uint32_t site) {
    record.sites[site].seenLeft |= hir::kOtherObject.bits();
    record.sites[site].seenRight |= hir::kOtherObject.bits();
}

/// An object was not of the class that was guessed: most often a method's `self`, whose other attributes were guessed
/// from the same class.
void forgetClass(CodeRecord& record, const CompiledCode& code, uint32_t site) {
    const auto guess = std::find_if(code.guessedClasses.begin(), code.guessedClasses.end(),
                                    [site](const auto& guessed) { return guessed.first == site; });
    for (const auto& [other, version] : code.guessedClasses) {
        if (guess != code.guessedClasses.end() && version == guess->second) {
            forgetSite(record, other);
        }
    }
}

/// The sites of the instruction are no longer specialised.
void forgetGuess(CodeRecord& record, const CompiledCode& code, const deopt::Exit& exit) {
    record.forgottenGuesses++;
    if (exit.reason == deopt::Reason::NameBound) {
        record.binders.insert(exit.runningIndex);
        return;
    }
    auto decoded = bytecode::decode(record.code);
    if (!decoded.ok()) {
        return;
    }
    std::vector<uint32_t> numbers = frontend::numberSites(*decoded);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = decoded->instructions[ordinal];
        // Names are guarded where the code is entered, and guessed anew when it is compiled again.
        const bool isAtEntry =
            code.entryIndex != 0 && instruction.start == code.entryIndex &&
            (instruction.opcode == bytecode::Opcode::LOAD_NAME || instruction.opcode == bytecode::Opcode::LOAD_GLOBAL);
        if (instruction.index == static_cast<int32_t>(exit.runningIndex) && numbers[ordinal] != frontend::kNoSite &&
            !isAtEntry) {
            forgetSite(record, numbers[ordinal]);
            if (exit.reason == deopt::Reason::LayoutChanged) {
                forgetClass(record, code, numbers[ordinal]);
            }
        }
    }
}

void retire(CodeRecord& record, CompiledCode& code) {
    auto moveOut = [&record](std::unique_ptr<CompiledCode>& place) { record.retired.push_back(std::move(place)); };
    if (record.full.get() == &code) {
        record.trial.reset();
        moveOut(record.full);
        planPromotion(record);
        attach(record, engine().compiles());
        return;
    }
    auto loop = record.loops.find(code.entryIndex);
    if (loop != record.loops.end() && loop->second.get() == &code) {
        moveOut(loop->second);
        record.loops.erase(loop);
        record.fullCompiles++;
    }
}

/// Calls are the interpreter's from now on, for this reason.
void giveUpFull(CodeRecord& record, const char* sentence) {
    noteGain(false);
    record.gainsNothing = true;
    record.samplesAtVerdict = record.samples;
    record.gainsAtVerdict = gainsSoFar();
    record.refusal = Refusal(sentence);
    note(Event::Kind::GivenUp, record, 0, sentence);
    retire(record, *record.full);
}

/// The next call is worth optimising as a whole.
void promoteNextCall(CodeRecord& record) {
    record.askAgain();
    record.promoteAt = record.runCount + 1;
}

}  // namespace

bool isBudgetUnlimited() {
    return options().budget > 1e300;
}

bool isThresholdSet() {
    return options().threshold != Options().threshold;
}

bool makesQuickCodeAtOnce() {
    return options().compile == CompileMode::Sync || isThresholdSet();
}

bool isHookWanted() {
    return isBudgetUnlimited() || makesQuickCodeAtOnce() || options().stress != Stress{} ||
           options().osr.mode != Osr::Mode::On || !options().full_code;
}

namespace {

/// Code gains little as long as what it calls is interpreted. When other code has been found to gain since, and this
/// has gone on using time, it gets another trial.
bool deservesAnotherTrial(const CodeRecord& record) {
    return gainsSoFar() != record.gainsAtVerdict && record.samples >= kSamplesToNextTrial * record.samplesAtVerdict;
}

}  // namespace

bool mayCompileFull(const CodeRecord& record) {
    return mayCompileLoop(record) && !record.makesGenerator && (!record.gainsNothing || deservesAnotherTrial(record));
}

bool mayCompileLoop(const CodeRecord& record) {
    return options().full_code && !isTooLarge(record) && record.fullCompiles < kFullCompilesAllowed &&
           ruledOut(record) == nullptr;
}

bool hasEarnedLoop(const CodeRecord& record, uint32_t samples) {
    return paysForLoop(record, samples) && patience.isOver();
}

bool hasEarnedCalls(const CodeRecord& record) {
    return paysForCalls(record) && patience.isOver();
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
    }
    return compiled->second.get();
}

namespace {

/// Whether it is still what calls enter, or a loop.
bool isCurrent(const CodeRecord& record, const CompiledCode& code) {
    auto loop = record.loops.find(code.entryIndex);
    return record.full.get() == &code || (loop != record.loops.end() && loop->second.get() == &code);
}

/// Whether sites of which nothing was known when the code was made have met types that can be guessed now.
bool hasLearned(const CodeRecord& record, const CompiledCode& code) {
    return std::any_of(code.blindSites.begin(), code.blindSites.end(), [&record](uint32_t number) {
        const runtime::Site& site = record.sites[number];
        return site.seenLeft != 0 && ((site.seenLeft | site.seenRight) & runtime::kOtherBit) == 0;
    });
}

}  // namespace

void reconsider(CodeRecord& record, CompiledCode& left, int32_t header, python::Frame* frame) {
    if (!isLoopHeader(record, header) || waitsForCode(record)) {
        return;
    }
    left.checks++;
    const bool mayLearn = record.lessons < kMostLessons &&
                          (isBudgetUnlimited() || isAffordable(record) || paysForLoop(record, left.checks));
    if (mayLearn && isCurrent(record, left) && hasLearned(record, left)) {
        record.lessons++;
        if (record.full.get() == &left) {
            retire(record, left);
            promoteNextCall(record);
        } else if (left.entryIndex != header) {
            retire(record, left);  // what replaces it is entered elsewhere
        }
        compileFull(record, header, frame);
    } else if (python::isTakenOver(frame) && !record.loops.contains(header) &&
               hasEarnedLoop(record, ++record.loopSamples[header])) {
        compileFull(record, header, frame);
    }
}

void goesOnInterpreted(CodeRecord& record, CompiledCode& code) {
    if (record.full.get() != &code || isBudgetUnlimited() || options().stress != Stress{} ||
        ++code.interpretedEnds < kEndsToJudge) {
        return;
    }
    const uint64_t entries = record.entries() - code.countedFrom;
    if (code.interpretedEnds * kMostEnds >= entries) {
        giveUpFull(record, "its optimised code was left for the interpreter too often to be faster than that");
        return;
    }
    code.interpretedEnds = 0;
    code.countedFrom = record.entries();
}

void guessFailed(CodeRecord& record, CompiledCode& code, const deopt::Exit& exit) {
    code.failedGuesses++;
    if (exit.count >= (record.trial ? kFailuresAllowedOnTrial : kFailuresAllowed)) {
        forgetGuess(record, code, exit);
        retire(record, code);
    }
}

bool payFor(const CodeRecord& record) {
    return pay(record.size());
}

void startPolicy() {
    runtime::tieringHooks.entryFor = [](PyCodeObject* code) -> runtime::CodeEntry* { return recordFor(code); };
    runtime::tieringHooks.loopIsHot = loopIsHot;
    runtime::tieringHooks.promote = promote;
    runtime::findUncountedBuiltins();
    deopt::setExitHook(goOn);
    replay::install(reportWrongExit);
}

void startStress() {
    const Stress& stress = options().stress;
    if (stress.exitRandom) {
        runtime::seedForcedExits(*stress.exitRandom);
    }
    if (stress.tinyCode) {
        clr::CodeMemory::instance().setLimit(kTinyCode);
    }
    if (stress.gc) {
        python::collectAtEveryAllocation();
    }
}

int64_t firstLoopLimit() {
    return options().osr.mode == Osr::Mode::Every ? static_cast<int64_t>(options().osr.every) : kLoopIterations;
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
        if (!record.gainsNothing) {
            record.refusal = Refusal("it is interpreted until it has used enough time to be worth compiling");
        }
        return kUnaskedEntries;
    }
    if (!pay(record.size())) {
        record.refusal =
            Refusal(patience.left != 0 ? "there was no memory for compiling; it will be tried again"
                                       : "the compile budget is used up for now; entries and iterations earn more");
        return entriesUntil(record.size());
    }
    return 0;
}

void putOnTrial(CodeRecord& record) {
    if (record.full && !isBudgetUnlimited() && options().stress == Stress{}) {
        record.trial.reset(new (std::nothrow) Trial);  // without memory it is entered untried
        attach(record, engine().compiles());
    }
}

}  // namespace

void acceptFull(CodeRecord& record) {
    record.trial.reset();
    record.gainsNothing = false;
    record.full->countedFrom = record.entries();
    attach(record, engine().compiles());
}

void endTrial(CodeRecord& record, uint64_t interpreted, uint64_t compiled) {
    if (static_cast<double>(compiled) <= kMostOfInterpreted * static_cast<double>(interpreted)) {
        noteGain(true);
        acceptFull(record);
        return;
    }
    giveUpFull(record, "its optimised code was tried and is no faster than the interpreter");
}

void considerCalls(CodeRecord& record) {
    const bool hasCode = record.body || record.full || record.failed || waitsForCode(record);
    if (engine().standsBack() && !hasCode && !record.asksAtStart && mayCompileFull(record) && hasEarnedCalls(record)) {
        record.asksAtStart = true;
        attach(record, engine().compiles());
    }
}

void considerStart(CodeRecord& record, python::Frame* frame) {
    record.noteModule(python::globals(frame));
    record.asksAtStart = false;
    if (!waitsForCode(record) && !record.full && !record.failed && hasEarnedCalls(record)) {
        compileFull(record, 0, frame, Purpose::Earned);
    }
    attach(record, engine().compiles());
}

bool alternateEntries() {
    constexpr uint32_t kEntriesOfEach = 16;
    static uint32_t entries = 0;
    if (options().stress.trampolines && ++entries % kEntriesOfEach == 0) {
        engine().standsBack() ? engine().comeBack() : engine().standBack();
    }
    return options().stress.trampolines;
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
        credit += record.size();
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

namespace {

/// Whether the last compilation had the memory that it needed. If not, a while passes before the next one is tried.
void memoryWas(bool enough) {
    if (enough) {
        patience = {};
        return;
    }
    patience.left = patience.next;
    patience.next = std::min(2 * patience.next, Patience::kLongest);
}

void settleFull(CodeRecord& record, int32_t header, Outcome& outcome) {
    const Outcome::Kind kind = outcome.kind;
    if (kind == Outcome::Kind::Refused) {
        record.fullCompiles = kFullCompilesAllowed;  // what there is stays; only optimising is given up
        record.refusal = std::move(outcome.refusal);
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
            if (outcome.compiled()) {
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

std::bitset<passes::kPassCount> disabledPasses() {
    std::bitset<passes::kPassCount> disabled;
    std::string list = options().disable_passes;
    for (const passes::PassInfo& pass : passes::allPasses()) {
        if (("," + list + ",").find("," + std::string(pass.name) + ",") != std::string::npos) {
            disabled.set(static_cast<size_t>(pass.id));
        }
    }
    return disabled;
}

}  // namespace pyjion::driver
