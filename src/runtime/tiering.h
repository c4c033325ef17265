// SPDX-License-Identifier: MIT
// Where compiled code asks the tiering policy: when a loop of quick code has run often, and when a stress run wants an
// activation left. The driver sets the hook; without one nothing is ever hot.
#pragma once

#include <Python.h>

#include <cstdint>

#include "runtime/entry.h"

namespace pyjion::runtime {

/// Counts the back-edges of one loop of quick code down. `left` is first: compiled code decrements it in place.
struct LoopCounter {
    int64_t left = 0;
    CodeEntry* entry = nullptr;
    uint32_t header = 0;  // code unit of the loop's first instruction
};

struct TieringHooks {
    /// The record of a code object that is called for the first time, or null without an exception.
    CodeEntry* (*entryFor)(PyCodeObject* code) = nullptr;
    /// Decides what becomes of a loop whose counter ran out: whether optimised code to continue in exists now. Sets the
    /// counter anew.
    bool (*loopIsHot)(PyThreadState* ts, _PyInterpreterFrame* frame, LoopCounter* counter) = nullptr;
    /// Called when a code object's entries reach CodeEntry::promoteAt.
    void (*promote)(CodeEntry* entry, _PyInterpreterFrame* frame) = nullptr;
    /// Evaluates the frames of functions that compiled code calls, and that have no compiled code: PEP 523's signature.
    PyObject* (*evaluate)(PyThreadState* ts, _PyInterpreterFrame* frame, int throwflag) = nullptr;
};
extern TieringHooks tieringHooks;

/// What a body returns (instead of an object) when the activation goes on in other compiled code.
/// The frame is linked still, its locals and its value stack are in it. Whoever entered the body calls the next one, so
/// that switching between pieces of code any number of times uses no C stack.
extern PyObject* const kContinues;
PyObject* continueIn(CompiledBody body, int32_t resumePoint);
/// While what a body returned is kContinues, runs what continueIn() named; what the last body returned.
PyObject* runNextBodies(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject* result);

/// Helper of quick code: 1 when the loop goes on in optimised code, else 0.
int32_t loopIsHot(PyThreadState* ts, _PyInterpreterFrame* frame, LoopCounter* counter);

/// Helper of quick code: what the interpreter does when the eval breaker is set. 0, -1 with an exception set, or 1 when
/// compiled code must be left now.
int32_t handlePending(PyThreadState* ts);

/// Helper under PYJION_STRESS=exit-random: how many exit points this activation passes before it is left.
int64_t forcedExitCountdown();
void seedForcedExits(uint64_t seed);
/// Helper under PYJION_STRESS=exit-after: compiled code is left behind the next instruction that can be left there.
void requestLeave();

}  // namespace pyjion::runtime
