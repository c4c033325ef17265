// SPDX-License-Identifier: MIT
#include "runtime/tiering.h"

#include "python/pending.h"
#include "python/thread.h"
#include "runtime/finish.h"

namespace pyjion::runtime {

TieringHooks tieringHooks;
bool leaveRequested = false;

namespace {
uint64_t randomState = 1;
CompiledBody nextBody;
int32_t nextResumePoint = 0;
PyObject continuesMarker{};  // only its address counts
}  // namespace

PyObject* const kContinues = &continuesMarker;

PyObject* continueIn(CompiledBody body, int32_t resumePoint) {
    nextBody = body;
    nextResumePoint = resumePoint;
    return kContinues;
}

PyObject* runNextBodies(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject* result) {
    while (result == kContinues) {
        result = nextBody(ts, frame, nextResumePoint);
    }
    return result;
}

int32_t loopIsHot(PyThreadState* ts, _PyInterpreterFrame* frame, LoopCounter* counter) {
    if (tieringHooks.loopIsHot == nullptr) {
        counter->left = INT64_MAX;
        return 0;
    }
    return tieringHooks.loopIsHot(ts, frame, counter) ? 1 : 0;
}

int32_t handlePending(PyThreadState* ts) {
    return python::handlePending(ts) != 0 ? -1 : mustBeLeft(ts);
}

void seedForcedExits(uint64_t seed) {
    randomState = seed * 2 + 1;
}

/// xorshift64* (Marsaglia, Vigna); short countdowns are the most frequent ones, as short activations are.
int64_t forcedExitCountdown() {
    randomState ^= randomState >> 12;
    randomState ^= randomState << 25;
    randomState ^= randomState >> 27;
    uint64_t random = (randomState * 0x2545F4914F6CDD1Dull) >> 32;
    uint64_t width = 1 + random % 10;
    return static_cast<int64_t>(1 + (random >> 8) % (uint64_t{1} << width));
}

void requestLeave() {
    leaveRequested = true;
}

}  // namespace pyjion::runtime
