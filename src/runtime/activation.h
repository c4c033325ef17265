// SPDX-License-Identifier: MIT
// The one way into compiled code: mayEnter() looks, enter() links the frame, runs the body, and unlinks it. Everybody
// who enters expands these two: the hook and the vectorcall of compiled functions, calls from compiled code, generators
// that go on. Compiled code that calls a known function does the same in CIL (DirectCall in src/lower/calls.cpp).
#pragma once

#include <Python.h>

#include "deopt/leave.h"
#include "python/leave.h"
#include "python/stack.h"
#include "runtime/entry.h"
#include "runtime/low_stack.h"
#include "runtime/tiering.h"

namespace pyjion::runtime {

/// Whether compiled code may be entered without more ado: no trace or profile function, recursion and C stack left. Who
/// has none of its own to take care of the rest calls activate() or resume(). Something must be left to the activation,
/// too: see bodyAtLimit().
inline bool mayEnter(PyThreadState* ts, const CodeEntry& entry) {
    return !python::isTraced(ts) && ts->recursion_remaining > 1 && !python::stackIsLow(entry.stackBytes);
}

/// What runs where nothing of the recursion limit is left: every operation fails there that CPython counts, and says
/// what it is. Quick code does all of them, optimised code has better ways to compare numbers.
inline CompiledBody bodyAtLimit(const CodeEntry& entry) {
    return entry.resumeBody ? entry.resumeBody : entry.body;
}

/// Copes with a body that goes on in another one, or has left and given everything back already.
PyObject* finishUnusually(PyThreadState* ts, python::Frame* frame, PyObject* result);

/// What a body returned, made the result of the activation: the frame is unlinked and its unit of recursion given back.
inline PyObject* finishBody(PyThreadState* ts, python::Frame* frame, PyObject* result) {
    if (python::currentFrame(ts) != frame || result == kContinues) [[unlikely]] {
        return finishUnusually(ts, frame, result);
    }
    python::finishFrame(ts, frame);
    return result;
}

/// Runs a body in a frame that is linked and counted.
inline PyObject* runLinked(PyThreadState* ts, python::Frame* frame, CompiledBody body, int32_t resumePoint) {
    return finishBody(ts, frame, body(ts, frame, resumePoint));
}

/// Needs mayEnter(). The frame stands where the body is entered, its position running if that is its start.
inline PyObject* enter(PyThreadState* ts, python::Frame* frame, CompiledBody body, int32_t resumePoint) {
    python::link(ts, frame);
    ts->recursion_remaining--;
    return runLinked(ts, frame, body, resumePoint);
}

PyObject* activateUnusually(PyThreadState* ts, python::Frame* frame, CodeEntry* entry);
PyObject* resumeUnusually(PyThreadState* ts, python::Frame* frame, CodeEntry* entry, int32_t resumePoint, bool raises);

/// Runs a frame that stands before its first instruction; `entry` has a body. Null with RecursionError at the limit.
/// Where compiled code may not be entered, the interpreter runs the frame. Counts the entry.
inline PyObject* activate(PyThreadState* ts, python::Frame* frame, CodeEntry* entry) {
    if (++entry->runCount == entry->promoteAt && tieringHooks.promote != nullptr) [[unlikely]] {
        tieringHooks.promote(entry, frame);
    }
    if (!mayEnter(ts, *entry)) [[unlikely]] {
        return activateUnusually(ts, frame, entry);
    }
    python::setRunning(frame, python::code(frame)->_co_firsttraceable);
    return enter(ts, frame, entry->body, 0);
}

/// A generator goes on: its frame stands behind the instruction that suspended it, at a resume point, and what was sent
/// is on its value stack. With `raises` an exception is set, which takes the place of what was sent. Counts the entry.
[[gnu::always_inline]] inline PyObject* resume(PyThreadState* ts, python::Frame* frame, CodeEntry* entry,
                                               int32_t resumePoint, bool raises) {
    entry->runCount++;
    if (raises || !mayEnter(ts, *entry)) [[unlikely]] {
        return resumeUnusually(ts, frame, entry, resumePoint, raises);
    }
    python::setDepth(frame, 0);
    return enter(ts, frame, entry->resumeBody, resumePoint);
}

}  // namespace pyjion::runtime
