// SPDX-License-Identifier: MIT
#include "driver/generators.h"

#include <x86intrin.h>

#include <algorithm>
#include <new>
#include <utility>

#include "bytecode/decode.h"
#include "driver/credit.h"
#include "driver/eligibility.h"
#include "driver/engine.h"
#include "driver/events.h"
#include "driver/gains.h"
#include "driver/options.h"
#include "driver/policy.h"
#include "driver/registry.h"
#include "driver/time_budget.h"
#include "driver/under_way.h"
#include "driver/verdicts.h"
#include "python/generator.h"
#include "runtime/generator_slots.h"

namespace pyjion::driver {
namespace {

/// Runs until a place that waits for its code is looked at again.
constexpr uint32_t kRunsUnderWay = 16;

/// The most that optimised code may take of the interpreter's time.
constexpr double kMostOfInterpreted = 0.95;

bool isEveryPlaceWanted() {
    return options().osr.mode == Osr::Mode::Every;
}

/// All places of the code at which something suspends.
std::vector<Resumption> findPlaces(CodeRecord& record) {
    std::vector<Resumption> places;
    if (auto decoded = bytecode::decode(record.code); decoded.ok()) {
        for (const bytecode::Instruction& instruction : decoded->instructions) {
            if (instruction.depth != bytecode::kNone && python::goesOnAt(record.code, instruction.start)) {
                Resumption& place = places.emplace_back();
                place.unit = instruction.start;
                place.position = python::firstInstruction(record.code) + instruction.start - 1;
                place.entry = &record;
            }
        }
    }
    return places;
}

void giveUp(CodeRecord& record, Resumption& place) {
    place.isGivenUp = true;
    place.trial.reset();
    auto code = record.loops.find(place.unit);
    if (code != record.loops.end()) {
        note(Event::Kind::GivenUp, record, 0, "its optimised code was tried and is no faster than the interpreter");
        noteGain(0);
        retire(record, *code->second);
    }
    Resumptions::unwatch(place);
}

/// The empty half of a call's pair waits there, or may.
bool holdsNull(python::Frame* frame) {
    PyObject** const base = python::stackBase(frame);
    return std::any_of(base, base + python::depth(frame), [](PyObject* value) { return value == nullptr; });
}

/// With what the interpreter has spent in the code since another place of it was compiled.
bool hasEarnedPlace(const CodeRecord& record) {
    return isBudgetUnlimited() || isEveryPlaceWanted() ||
           paysForLoop(record, record.samples - record.resumptions->samplesPaid);
}

/// A generator is about to go on at this place.
void considerPlace(CodeRecord& record, Resumption& place, python::Frame* frame) {
    place.unasked = Resumption::kRunsToAsk;
    if (place.code != nullptr && !place.code->isOutdated) {
        return;
    }
    if (waitsForCode(record)) {
        place.unasked = kRunsUnderWay;
        return;
    }
    if (!mayCompileLoop(record) || holdsNull(frame)) {
        giveUp(record, place);
    } else if (hasEarnedPlace(record)) {
        record.resumptions->samplesPaid = record.samples;
        compileFrom(record, place.unit, frame);
        place.unasked = record.underWay ? kRunsUnderWay : Resumption::kRunsToAsk;
    } else if (place.code == nullptr) {
        Resumptions::unwatch(place);  // until more time was spent
    }
}

// --- running ------------------------------------------------------------------------------------------------------

PySendResult runCompiled(const runtime::Resuming& resuming, Resumption& place, PyObject** result) {
    place.runs++;
    return runtime::resumeIn(resuming, place.code->entry().objectFunction, result);
}

PySendResult run(const runtime::Resuming& resuming, Resumption& place, Trial::Kind kind, PyObject** result) {
    return kind == Trial::Compiled ? runCompiled(resuming, place, result) : resuming.cpythons(resuming, result);
}

void decide(CodeRecord& record, Resumption& place) {
    if (place.code->isOutdated) {
        place.trial.reset();  // what replaces it will do better
        attach(record, engine().compiles());
        return;
    }
    const auto interpreted = static_cast<double>(place.trial->typicalRun(Trial::Interpreted));
    const auto compiled = static_cast<double>(place.trial->typicalRun(Trial::Compiled));
    if (compiled <= kMostOfInterpreted * interpreted) {
        noteGain(1 - compiled / interpreted);
        place.trial.reset();
        attach(record, engine().compiles());
    } else if (makesAnew(record, *place.code, hasLearned(record, *place.code))) {
        place.unasked = 1;
    } else {
        giveUp(record, place);
    }
}

PySendResult runOnTrial(const runtime::Resuming& resuming, CodeRecord& record, Resumption& place, PyObject** result) {
    Trial* trial = place.trial.get();
    place.triedRuns++;
    if (trial->isMeasuring) {
        return run(resuming, place, trial->kind, result);
    }
    const uint64_t number = trial->number;
    const uint64_t runsBefore = place.triedRuns - 1;
    // Whoever resumes the generator holds it, but it gives its code back at its end.
    PyCodeObject* const held = record.code;
    Py_INCREF(reinterpret_cast<PyObject*>(held));
    trial->isMeasuring = true;
    trial->kind = trial->nextKind();
    const uint64_t start = __rdtsc();
    const PySendResult status = run(resuming, place, trial->kind, result);
    const uint64_t used = __rdtsc() - start;
    trial = place.trial.get();
    if (trial != nullptr && trial->number == number) {
        trial->isMeasuring = false;
        trial->note(used, place.triedRuns - runsBefore);
        if (trial->isDecided()) {
            decide(record, place);
        }
    }
    Py_DECREF(reinterpret_cast<PyObject*>(held));
    return status;
}

/// A generator stands at a place that is asked about, tried, or has code that is to be made again.
PySendResult goOn(const runtime::Resuming& resuming, runtime::Resumption& found, PyObject** result) {
    auto& place = static_cast<Resumption&>(found);
    auto& record = static_cast<CodeRecord&>(*place.entry);
    if (place.code == nullptr && place.unasked > 1) [[likely]] {
        place.unasked--;
        return resuming.cpythons(resuming, result);
    }
    if (!engine().compiles() || record.suppressed || !runtime::mayResume(resuming, record)) {
        return resuming.cpythons(resuming, result);
    }
    if (--place.unasked == 0) {
        try {
            considerPlace(record, place, python::frameOf(resuming.generator));
        } catch (const std::bad_alloc&) {
        }
    }
    if (place.trial) {
        return runOnTrial(resuming, record, place, result);
    }
    return place.code != nullptr ? runCompiled(resuming, place, result) : resuming.cpythons(resuming, result);
}

}  // namespace

void considerGenerator(CodeRecord& record) {
    // CPython resumes asynchronous generators past the slots.
    const bool isMet = record.makesGenerator && (record.code->co_flags & CO_ASYNC_GENERATOR) == 0;
    if (!isMet || !mayCompileLoop(record)) {
        return;
    }
    if (!record.resumptions) {
        if (!isEveryPlaceWanted() && !hasEarnedCalls(record)) {
            return;
        }
        record.resumptions = std::make_unique<Resumptions>(findPlaces(record));
    } else if (!hasEarnedPlace(record)) {
        return;
    }
    record.resumptions->watch(isEveryPlaceWanted() ? 1 : Resumption::kRunsToAsk);
    updateGenerators(engine().compiles());
}

void updateGenerators(bool enabled) {
    const bool isWanted = enabled && runtime::resumptionTable.size() != 0;
    isWanted ? runtime::watchGenerators(goOn) : runtime::unwatchGenerators();
}

bool resumptionGoesOnInterpreted(CodeRecord& record, CompiledCode& code) {
    Resumption* place = record.resumptions ? record.resumptions->at(code.entryIndex) : nullptr;
    if (place == nullptr || place->code != &code) {
        return false;
    }
    if (!isLeftTooOften(code, place->runs)) {
        return true;
    }
    if (code.isOutdated || makesAnew(record, code, code.isBehind())) {
        retire(record, code);  // what replaces it may do better
    } else {
        giveUp(record, *place);
    }
    return true;
}

}  // namespace pyjion::driver
