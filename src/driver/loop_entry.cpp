// SPDX-License-Identifier: MIT
#include "driver/loop_entry.h"

#include <x86intrin.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

#include "driver/back_edges.h"
#include "driver/code_record.h"
#include "driver/eligibility.h"
#include "driver/engine.h"
#include "driver/gains.h"
#include "driver/generators.h"
#include "driver/line_times.h"
#include "driver/options.h"
#include "driver/policy.h"
#include "driver/registry.h"
#include "driver/sampler.h"
#include "driver/statistics.h"
#include "driver/time_budget.h"
#include "driver/trial_runs.h"
#include "driver/under_way.h"
#include "python/attention.h"
#include "python/generator.h"
#include "python/leave.h"
#include "python/pending.h"
#include "python/stack.h"
#include "python/start_trampoline.h"
#include "python/takeover.h"
#include "python/thread.h"
#include "runtime/finish.h"
#include "runtime/tiering.h"

namespace pyjion::driver {
namespace {

/// Checks of the eval breaker that one sample may take until the thread stands at a back-edge. Most loops have
/// one at hand; where there is none, looking on would cost more than it finds.
constexpr int kChecksForSample = 8;
/// The same when a loop has been left, whose back-edge is near.
constexpr int kChecksForReturn = 64;

/// A walk from check to check of the eval breaker, for a back-edge. Each thread has one at a time.
struct Search {
    int checksLeft = 0;
    bool counts = false;          // the next back-edge counts for its loop
    bool endsAtBackEdge = false;  // whatever comes of that
    // A pending call that asks again is called again at once, so many times at most: it is one check. The position
    // alone does not tell, since a function may be entered again and again at the same place.
    static constexpr int kMostRepeats = 32;  // NPENDINGCALLS in CPython's internal/pycore_interp.h
    const void* last = nullptr;              // position at the last check
    int repeats = 0;
};
thread_local Search search;

bool isEveryBackEdgeWanted() {
    return options().osr.mode == Osr::Mode::Every;
}

// --- entering ---------------------------------------------------------------------------------------------------

constexpr uint64_t kEntriesToJudge = 16;

/// Code that is left again soon, each time, costs more than the interpreter.
bool paysOff(const CompiledCode& code) {
    constexpr uint64_t kFewestCycles = 300'000;
    return code.takeovers < kEntriesToJudge || code.takeoverCycles / code.takeovers >= kFewestCycles;
}

/// The interpreter was about to look at the eval breaker, and was made to come here instead.
PyObject* runLoop(PyThreadState* ts, python::Frame* frame, const python::BackEdge& edge, void* context) {
    if (*python::evalBreakerWord(ts->interp) != 0 && python::handlePending(ts) != 0) {
        // The interpreter has jumped by then, and takes what is in front of the loop for what has raised.
        const auto handler = python::findHandler(python::code(frame), edge.header - 1);
        return python::unwindFrame(ts, frame, handler) ? python::giveBack(frame) : nullptr;
    }
    python::setResumeAt(frame, edge.header);
    if (runtime::mustBeLeft(ts)) {
        const bool goesOn = !python::isTraced(ts) || python::traceJump(ts, frame, edge.jump);
        return goesOn ? python::giveBack(frame) : nullptr;
    }
    python::setDepth(frame, 0);
    auto* code = static_cast<CompiledCode*>(context);
    const uint64_t start = __rdtsc();
    PyObject* result = runtime::runNextBodies(ts, frame, code->entry()(ts, frame, 0));
    statistics().takeovers++;
    code->takeovers++;
    code->takeoverCycles += __rdtsc() - start;
    if (code->takeovers == kEntriesToJudge && !paysOff(*code)) {
        noteGain(0);
    }
    return result;
}

/// Whether the interpreter is on its way into the loop: then an exception is set.
bool enter(CodeRecord& record, const python::BackEdge& edge, python::Frame* frame) {
    const python::ShownStack shown(frame, edge.depth);
    const CompiledCode* code = loopCode(record, edge.header, frame);
    // On a low stack the interpreter runs calls in one activation of its own, which compiled code could not.
    return code != nullptr && !python::stackIsLow(record.stackBytes) &&
           python::takeOver(frame, edge, runLoop, const_cast<CompiledCode*>(code));
}

/// Of a loop that mostly waited for others, in the interpreter.
constexpr uint32_t kOwnSamplesToTryAgain = 16;

bool isWorthEntering(CodeRecord& record, const python::BackEdge& edge) {
    if (isEveryBackEdgeWanted()) {
        return ++record.backEdgesSeen % options().osr.every == 0;
    }
    if (isMeasuredInInterpreter(record)) {
        return false;
    }
    const bool counts = std::exchange(search.counts, false);
    uint32_t& ofLoop = record.loopSamples[edge.header];
    ofLoop += counts;
    auto code = record.loops.find(edge.header);
    if (code == record.loops.end()) {
        return counts && hasEarnedLoop(record, ofLoop);
    }
    if (record.loopsWait && counts && ofLoop % kOwnSamplesToTryAgain == 0) {
        record.loopsWait = false;
    }
    return !record.loopsWait && paysOff(*code->second);
}

/// Loops that mostly wait for what they call gain nothing in optimised code, which enters the interpreter from C for
/// each call and may be left and entered again in each iteration.
void noteTimeOf(CodeRecord& record, bool isItsOwn) {
    constexpr uint32_t kSamplesToJudge = 16;
    constexpr uint32_t kLeastOwn = 8;  // part of all, as a divisor
    (isItsOwn ? record.ownSamples : record.samplesBelow)++;
    if (record.ownSamples + record.samplesBelow >= kSamplesToJudge) {
        const bool wait = record.ownSamples * kLeastOwn < record.samplesBelow;
        if (wait && !record.loopsWait) {
            noteGain(0);
        }
        record.loopsWait = wait;
        record.ownSamples = 0;
        record.samplesBelow = 0;
    }
}

/// What has just been called has used no time yet: it was the caller's.
void noteSaving(python::Frame* frame) {
    if (!python::isInterpreted(frame) && python::hasJustBegun(frame)) {
        frame = python::previous(frame);
    }
    CodeRecord* record = frame != nullptr && !python::isInterpreted(frame) ? recordFor(frame) : nullptr;
    if (record != nullptr) {
        noteRun(kSampleNanoseconds / 1e6, record->saves);
    }
}

/// Whose time it was, as far as that can be told: whoever spent it has reached its next check.
void noteSample(python::Frame* frame) {
    countSample();
    if (frame == nullptr) {
        return;
    }
    noteSaving(frame);
    python::Frame* compiled = python::innermostCompiled(frame);
    // What has just been called may have used no time yet.
    if (compiled != nullptr && !(python::previous(frame) == compiled && python::hasJustBegun(frame))) {
        if (CodeRecord* record = recordFor(compiled)) {
            record->compiledSamples += compiled == frame;
            noteTimeOf(*record, compiled == frame);
            if (record->full && record->full->isOutdated) {
                considerCalls(*record);
            }
        }
    }
    if (compiled != frame) {
        if (CodeRecord* record = recordFor(frame)) {
            record->samples++;
            record->askAgain();
            considerCalls(*record);
            considerGenerator(*record);
        }
    }
}

/// What the search finds at a frame that the interpreter runs.
enum class Found : uint8_t { Nothing, BackEdge, Entry };

Found look(python::Frame* frame) {
    const std::optional<int32_t> jump = python::backwardJump(frame);
    CodeRecord* record = jump ? recordFor(frame) : nullptr;
    if (record == nullptr || !mayCompileLoop(*record)) {
        return Found::Nothing;
    }
    const python::BackEdge* edge = backEdgeOf(*record, *jump);
    if (edge == nullptr) {
        return Found::Nothing;
    }
    return isWorthEntering(*record, *edge) && enter(*record, *edge, frame) ? Found::Entry : Found::BackEdge;
}

void noteGenerator(python::Frame* frame) {
    if (CodeRecord* record = recordFor(frame)) {
        considerGenerator(*record);
    }
}

/// A thread looks at the eval breaker. Compiled code that does so is where it should be: nothing to be found.
int lookAround() {
    PyThreadState* ts = python::currentThread();
    python::Frame* frame = python::currentFrame(ts);
    // With a trace function, the interpreter looks again and again before it begins a function.
    if (!engine().compiles() || python::isTraced(ts) || frame == nullptr || ts->interp != PyInterpreterState_Main()) {
        return 0;
    }
    Found found = Found::Nothing;
    try {
        if (isEveryBackEdgeWanted() && python::ownedByGenerator(frame)) {
            noteGenerator(frame);
        }
        if (python::isInterpreted(frame)) {
            found = look(frame);
        } else {
            search.checksLeft = 0;
        }
    } catch (const std::bad_alloc&) {
        search.checksLeft = 0;
    }
    if (const void* position = python::positionOf(frame);
        position != search.last || ++search.repeats == Search::kMostRepeats) {
        search.last = position;
        search.repeats = 0;
        search.checksLeft--;
    }
    const bool isOver = found == Found::Entry || (found == Found::BackEdge && search.endsAtBackEdge);
    if (isEveryBackEdgeWanted()) {
        python::askNewThreads(lookAround);
    }
    if (isEveryBackEdgeWanted() || (!isOver && search.checksLeft > 0)) {
        python::askAgain(lookAround);
    }
    return found == Found::Entry ? -1 : 0;
}

int takeSample() {
    readLineTimes();
    installReadyCode();  // what became ready while no thread ran Python
    python::putWaiting();
    search.checksLeft = std::max(search.checksLeft, kChecksForSample);
    search.endsAtBackEdge = true;
    search.counts = true;
    python::Frame* frame = python::currentFrame(python::currentThread());
    noteSample(frame);
    return lookAround();
}

}  // namespace

void updateLoopEntry() {
    if (!engine().compiles() || options().osr.mode == Osr::Mode::Off || !options().full_code) {
        stopSampler();
        return;
    }
    python::findMainThread();
    if (isEveryBackEdgeWanted()) {
        stopSampler();
        python::askAgain(lookAround);
    } else if (options().stress != Stress{}) {
        stopSampler();  // runs of tests can be repeated
    } else {
        startSampler(takeSample);
    }
}

void endLoopEntry() {
    stopSampler();
}

void enterAgainSoon() {
    search.checksLeft = std::max(search.checksLeft, kChecksForReturn);
    search.endsAtBackEdge = false;
    search.counts = true;
    python::askAgain(lookAround);
}

}  // namespace pyjion::driver
