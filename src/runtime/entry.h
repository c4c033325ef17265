// SPDX-License-Identifier: MIT
// What the call path knows about a code object: one record per code object that was ever considered, kept in its
// co_extra slot. `runtime` only enters code through it; `driver` fills it.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "python/code_extra.h"
#include "python/frame.h"
#include "python/thread.h"

namespace pyjion::runtime {

/// Compiled code, entered at a resume point: 0 is the function's start, others are numbers that its compilation gave
/// out, and the value stack is in the frame, its depth set to 0. The frame is linked, its recursion unit taken and its
/// locals are set. The value stack is empty afterwards and the caller clears the frame. It also unlinks the frame and
/// gives the unit back, unless the body ended in deopt::leave(), which has done both. The result is a new reference, or
/// null with an exception set; or it is an unboxed integer, with deopt::kNoInt for what is none.
struct CompiledBody {
    using ObjectFunction = PyObject*(PyThreadState*, _PyInterpreterFrame*, int32_t resumePoint);
    using IntFunction = int64_t(PyThreadState*, _PyInterpreterFrame*, int32_t resumePoint);

    ObjectFunction* objectFunction = nullptr;  // of code with unboxed results: boxResult()
    IntFunction* intFunction = nullptr;        // of code with unboxed results

    CompiledBody() = default;
    CompiledBody(ObjectFunction* function) : objectFunction(function) {}
    CompiledBody(IntFunction* function) : objectFunction(boxResult), intFunction(function) {}

    explicit operator bool() const { return objectFunction != nullptr; }
    /// Runs it; the result is an object in any case.
    PyObject* operator()(PyThreadState* ts, _PyInterpreterFrame* frame, int32_t resumePoint) const {
        return intFunction == nullptr ? objectFunction(ts, frame, resumePoint)
                                      : objectOf(intFunction(ts, frame, resumePoint));
    }
    /// Runs the body with unboxed results that the frame's code has, for a caller that expects an object.
    static PyObject* boxResult(PyThreadState* ts, _PyInterpreterFrame* frame, int32_t resumePoint);
    /// The object for what a body with unboxed results returned.
    static PyObject* objectOf(int64_t word);
};

struct CodeEntry {
    // What a call reads, in one line of the cache.
    alignas(64) CompiledBody body;    // none: not compiled, or the JIT is switched off
    uint64_t runCount = 0;            // entries, compiled or not, since the JIT first saw the code; and unaskedEntries
    uint64_t promoteAt = UINT64_MAX;  // value of runCount at which TieringHooks::promote is called
    int64_t directArguments = -1;     // number of arguments with which the body can be entered directly; -1: none
    size_t stackBytes = 0;            // C stack that a run of it takes at most, without what it calls
    /// Entries that the interpreter runs without anybody being asked; below 1 the hook asks. It takes one off at every
    /// entry, so that this may be far below 0.
    int64_t unaskedEntries = 0;
    uint32_t frameWords = 0;  // size of the interpreter frame
    uint16_t argumentCount = 0;
    bool simpleParameters = false;  // positional parameters only: arguments can be moved in
    bool makesGenerator = false;    // a call moves its frame into a generator

    const uint16_t* resumePoints = nullptr;  // of the quick code, by code unit: the resume point there, 0 for none
    /// Locals that the quick code takes for bound at resume point n: of these words, those from number word[n - 1] up
    /// to number word[n].
    const uint32_t* boundLocals = nullptr;
    CompiledBody resumeBody;         // the quick code, none like `body`; entered at its start or at a resume point
    uint64_t interpretedRuns = 0;    // of `runCount`, those that the interpreter runs
    uint64_t inlinedRuns = 0;        // runs in the code of callers, which `runCount` leaves out
    size_t framelessBytes = 0;       // C stack that an activation without a frame takes (passes/self_calls.h),
    size_t framelessSlots = 0;       // and values that it lists where it is left, at most
    bool takesNamed = false;         // keyword-only parameters follow the positional ones
    bool collectsArguments = false;  // behind positional parameters there is one of `*`, or of `**`, or both

    /// Whether there is a resume point at a code unit, and the JIT is switched on.
    bool hasResumePointAt(int32_t unit) const { return resumePoints != nullptr && resumePoints[unit] != 0; }

    /// The resume point at which the frame, as it stands, can be entered; 0 for none. A trace function or a debugger
    /// may have unbound a local, or set the position behind the place that binds it. They need the frame object for
    /// that.
    int32_t resumePointFor(_PyInterpreterFrame* frame) const {
        const int32_t resumePoint = resumePoints != nullptr ? resumePoints[python::resumeIndex(frame)] : 0;
        const bool seen = resumePoint != 0 && python::existingFrameObject(frame) != nullptr;
        return !seen || hasBoundLocals(frame, resumePoint) ? resumePoint : 0;
    }

    bool hasBoundLocals(_PyInterpreterFrame* frame, int32_t resumePoint) const {
        for (uint32_t i = boundLocals[resumePoint - 1]; i < boundLocals[resumePoint]; ++i) {
            if (python::local(frame, boundLocals[i]) == nullptr) {
                return false;
            }
        }
        return true;
    }

    /// Entries so far.
    uint64_t entries() const { return runCount - unaskedLeft(); }
    /// Of them, those that the interpreter runs.
    uint64_t interpretedEntries() const { return interpretedRuns - unaskedLeft(); }
    uint64_t unaskedLeft() const { return static_cast<uint64_t>(std::max<int64_t>(unaskedEntries, 0)); }

    /// An entry that is under way and the next count - 1 are the interpreter's.
    void leaveToInterpreter(uint32_t count) {
        runCount += count;
        interpretedRuns += count;
        unaskedEntries = static_cast<int64_t>(count) - 1;
    }

    /// The next entry is asked about.
    void askAgain() {
        const uint64_t left = unaskedLeft();
        runCount -= left;
        interpretedRuns -= left;
        unaskedEntries = 0;
    }

    /// Sets the body, or takes it away.
    void attach(CompiledBody newBody) {
        askAgain();
        body = newBody;
        directArguments = body && simpleParameters && !makesGenerator ? argumentCount : -1;
    }
};

static_assert(offsetof(CodeEntry, resumePoints) == 64);

/// The record of a code object, or null. Needs python::requestCodeExtra().
inline CodeEntry* entryOf(PyCodeObject* code) {
    return static_cast<CodeEntry*>(python::codeExtra(code));
}

}  // namespace pyjion::runtime
