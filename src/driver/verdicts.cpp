// SPDX-License-Identifier: MIT
#include "driver/verdicts.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "bytecode/decode.h"
#include "driver/classes_met.h"
#include "driver/credit.h"
#include "driver/eligibility.h"
#include "driver/engine.h"
#include "driver/entries_met.h"
#include "driver/events.h"
#include "driver/gains.h"
#include "driver/never_run.h"
#include "driver/numbers_met.h"
#include "driver/options.h"
#include "driver/rebound_names.h"
#include "driver/registry.h"
#include "frontend/build.h"
#include "hir/type.h"
#include "python/frame.h"
#include "runtime/site.h"

namespace pyjion::driver {
namespace {

/// Full code whose guesses failed so often is given up; the sites concerned are no longer guessed.
constexpr uint64_t kFailuresAllowed = 8;
/// The same while it is tried: what exits cost would be taken for what the code costs.
constexpr uint64_t kFailuresAllowedOnTrial = 2;
/// To go to what was left out is no failure of what is there: what exits cost by now is what making code anew takes.
constexpr uint64_t kWaysAllowed = 64;

/// After so many activations that the interpreter had to finish, it is looked whether they are more than this part, as
/// a divisor, of all: what an exit costs is what optimised code saves in some calls.
constexpr uint64_t kEndsToJudge = 64;
constexpr uint64_t kMostEnds = 8;

/// The most that optimised code may take of the interpreter's time to be worth entering.
constexpr double kMostOfInterpreted = 0.9;
/// The most that is believed of a trial: what takes no cycles has not been measured.
constexpr float kMostSaved = 0.95F;
/// The most that is no loss for callers that are compiled, and what a call of theirs takes less than entering the
/// interpreter from C, in cycles.
constexpr double kMostForCompiledCallers = 1.1;
constexpr double kCyclesOfEntry = 30;

/// Its operands count as seen with every type. Where numbers were expected, what comes in their place may be of
/// classes that are worth expecting.
void forgetSite(CodeRecord& record, uint32_t site, deopt::Reason reason) {
    record.sites[site].seenLeft |= hir::kOtherObject.bits();
    record.sites[site].seenRight |= hir::kOtherObject.bits();
    if (reason != deopt::Reason::TypeChanged) {
        record.sites[site].classes.close();
    }
}

/// Exits for such reasons may show what sites are to expect.
bool isLesson(deopt::Reason reason) {
    return reason == deopt::Reason::LayoutChanged || reason == deopt::Reason::TypeChanged ||
           reason == deopt::Reason::NeverRun;
}

uint64_t failuresAllowed(const CodeRecord& record, const deopt::Exit& exit) {
    if (record.trial == nullptr && exit.reason == deopt::Reason::NeverRun) {
        return kWaysAllowed;
    }
    const bool isPatient = record.trial == nullptr || exit.lessons != 0;
    return isPatient ? kFailuresAllowed : kFailuresAllowedOnTrial;
}

/// The sites of the instruction are no longer specialised.
void forgetGuess(CodeRecord& record, const CompiledCode& code, const deopt::Exit& exit) {
    record.forgottenGuesses++;
    if (exit.reason == deopt::Reason::NeverRun) {
        return;  // it is known that it has run
    }
    if (!exit.inlined.empty() || exit.reason == deopt::Reason::CalleeChanged) {
        record.notInlined.insert(exit.runningIndex);
        return;
    }
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
            forgetSite(record, numbers[ordinal], exit.reason);
        }
    }
}

/// The global name that the instruction loads is no constant; nor is one whose module binds names again and again.
void noteName(const CodeRecord& record, const deopt::Exit& exit, python::Frame* frame) {
    using bytecode::Opcode;
    auto decoded = bytecode::decode(record.code);
    const bytecode::Instruction* load = decoded.ok() ? decoded->at(static_cast<int32_t>(exit.runningIndex)) : nullptr;
    if (load != nullptr && load != decoded->instructions.data() &&
        (load->opcode == Opcode::LOAD_ATTR || load->opcode == Opcode::LOAD_METHOD)) {
        --load;
    }
    if (load != nullptr && load->opcode == Opcode::LOAD_GLOBAL) {
        noteRebound(python::globals(frame), PyTuple_GET_ITEM(record.code->co_names, load->argument >> 1));
    }
}

/// When code that does not gain was judged: it may be tried again.
void noteVerdict(CodeRecord& record) {
    record.samplesAtVerdict = record.samples;
    record.gainsAtVerdict = gainsSoFar();
}

/// Nobody knows yet whether it is better than what the interpreter does.
bool isOnTrial(const CodeRecord& record, const CompiledCode& code) {
    const Resumption* place = record.resumptions ? record.resumptions->at(code.entryIndex) : nullptr;
    return record.trial || (place != nullptr && place->code == &code && place->trial);
}

/// Calls are the interpreter's from now on, for this reason.
void giveUpFull(CodeRecord& record, const char* sentence) {
    noteGain(0);
    record.gainsNothing = true;
    noteVerdict(record);
    record.refusal = Refusal(sentence);
    note(Event::Kind::GivenUp, record, 0, sentence);
    retire(record, *record.full);
}

}  // namespace

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
        attach(record, engine().compiles());
    }
}

bool lacksCode(CodeRecord& record) {
    const bool awaits = record.awaitsHandler != 0;
    record.awaitsHandler -= awaits ? 1 : 0;
    return awaits || record.underWay;
}

bool endsOftenInterpreted(const CompiledCode& code, uint64_t entries) {
    return code.interpretedEnds * kMostEnds >= entries - code.countedFrom;
}

bool isLeftTooOften(CompiledCode& code, uint64_t entries) {
    if (isBudgetUnlimited() || options().stress != Stress{} || lacksCode(*code.record) ||
        ++code.interpretedEnds < kEndsToJudge) {
        return false;
    }
    const bool tooOften = endsOftenInterpreted(code, entries);
    code.interpretedEnds = 0;
    code.countedFrom = entries;
    return tooOften;
}

void goesOnInterpreted(CodeRecord& record, CompiledCode& code) {
    if (record.full.get() != &code || !isLeftTooOften(code, record.entries())) {
        return;
    }
    if (code.isOutdated || makesAnew(record, code, code.isBehind())) {
        retire(record, code);  // what replaces it may do better
    } else {
        giveUpFull(record, "its optimised code was left for the interpreter too often to be faster than that");
    }
}

namespace {

bool noteLesson(deopt::Reason reason, CodeRecord& record, int32_t index, python::Frame* frame) {
    switch (reason) {
        case deopt::Reason::LayoutChanged:
            return notesClass(record, index, frame);
        case deopt::Reason::TypeChanged:
            return notesNumbers(record, index, frame);
        case deopt::Reason::NeverRun:
            return notesWay(record, index);
        default:
            return false;
    }
}

}  // namespace

bool learnsFrom(deopt::Reason reason, CodeRecord& record, int32_t index, python::Frame* frame) {
    const bool hasLearnt = noteLesson(reason, record, index, frame);
    record.timesLearnt += hasLearnt ? 1 : 0;
    return hasLearnt;
}

void guessFailed(CodeRecord& record, CompiledCode& code, deopt::Exit& exit, python::Frame* frame) {
    code.failedGuesses++;
    if (exit.reason == deopt::Reason::GlobalChanged && exit.inlined.empty()) {
        noteName(record, exit, frame);
    }
    const bool learnsAtSite =
        exit.inlined.empty() && learnsFrom(exit.reason, record, static_cast<int32_t>(exit.resumeIndex), frame);
    const bool learnsAtEntry = !learnsAtSite && notesEntry(record, code, exit, frame);
    record.timesLearnt += learnsAtEntry ? 1 : 0;
    if (learnsAtSite || learnsAtEntry) {
        exit.lessons++;
    }
    if (exit.count < failuresAllowed(record, exit)) {
        return;
    }
    // A loop's code and that of its function, or two callers, fail for one reason: the first of them learns it for all.
    const bool isOutdated = isLesson(exit.reason) && code.isBehind();
    if (makesAnew(record, code, exit.lessons != 0 || isOutdated)) {
        return;
    }
    if (exit.reason == deopt::Reason::LayoutChanged && exit.inlined.empty()) {
        noteName(record, exit, frame);
    }
    forgetGuess(record, code, exit);
    retire(record, code);
    if (!mayCompileLoop(record)) {
        record.refusal =
            Refusal("its optimised code was made several times, and each was left for values of other types");
    }
}

void framelessLeft(CodeRecord& record, CompiledCode& code, const deopt::Exit& exit, bool hasLearnt) {
    if (deopt::info(exit.reason).effect != deopt::Effect::Speculation || exit.count < failuresAllowed(record, exit)) {
        return;
    }
    if (!makesAnew(record, code, hasLearnt || exit.lessons != 0 || code.isBehind())) {
        record.keepsFrames = true;
        retire(record, code);
    }
}

bool hasLearned(const CodeRecord& record, const CompiledCode& code) {
    const bool knowsIterators =
        std::any_of(code.blindIterations.begin(), code.blindIterations.end(),
                    [&record](uint32_t number) { return isCounted(record.sites[number].iterator); });
    return knowsIterators || std::any_of(code.blindSites.begin(), code.blindSites.end(), [&record](uint32_t number) {
               const runtime::Site& site = record.sites[number];
               const bool hasTypes = site.seenLeft != 0 && ((site.seenLeft | site.seenRight) & runtime::kOtherBit) == 0;
               return hasTypes || (!site.classes.isEmpty() && !site.classes.isClosed());
           });
}

bool makesAnew(CodeRecord& record, CompiledCode& code, bool hasMet) {
    if (code.isOutdated) {
        return true;
    }
    if (!hasMet || record.lessons == kMostLessons) {
        return false;
    }
    record.lessons++;
    record.forgottenGuesses++;
    const bool isForCalls = record.full.get() == &code;
    if (engine().standsBack() && !isOnTrial(record, code)) {
        code.isOutdated = true;
        attach(record, engine().compiles());
    } else {
        retire(record, code);
    }
    if (isForCalls) {
        promoteNextCall(record);
        record.asksAtStart = engine().standsBack();
        attach(record, engine().compiles());
    }
    return true;
}

void acceptFull(CodeRecord& record, bool isForCompiledCallers) {
    record.trial.reset();
    record.gainsNothing = false;
    record.full->countedFrom = record.entries();
    record.full->isForCompiledCallers = isForCompiledCallers;
    attach(record, engine().compiles());
}

void endTrial(CodeRecord& record, uint64_t interpreted, uint64_t compiled, uint64_t toEnter) {
    if (record.full->isOutdated) {
        record.trial.reset();  // what replaces it will do better
        attach(record, engine().compiles());
        return;
    }
    const auto most = kMostOfInterpreted * static_cast<double>(interpreted);
    const auto taken = static_cast<double>(compiled);
    record.saves = std::clamp(1 - static_cast<float>(taken) / static_cast<float>(interpreted), 0.0F, kMostSaved);
    if (taken <= most) {
        noteGain(record.saves);
        acceptFull(record, taken + static_cast<double>(toEnter) > most);
        noteVerdict(record);
    } else if (makesAnew(record, *record.full, hasLearned(record, *record.full))) {
        return;
    } else if (taken <= kMostForCompiledCallers * static_cast<double>(interpreted) + kCyclesOfEntry) {
        noteGain(0);
        acceptFull(record, true);
        record.gainsNothing = true;
        noteVerdict(record);
    } else {
        giveUpFull(record, "its optimised code was tried and is no faster than the interpreter");
    }
}

}  // namespace pyjion::driver
