// SPDX-License-Identifier: MIT
// How generators and coroutines reach compiled code without a frame evaluator: the slots by which C code resumes them
// (tp_iternext and am_send of CPython's types, which next(), `for`, `await` and the C functions that iterate call, and
// the function of the method send()) are ours while some code is watched. What throw() resumes, the interpreter runs.
#pragma once

#include <Python.h>

#include "runtime/resumption.h"

namespace pyjion::runtime {

/// The places that are watched. Guarded by the GIL.
[[gnu::visibility("hidden")]] extern ResumptionTable resumptionTable;

/// A generator that goes on, and how CPython would do that.
struct Resuming {
    PyThreadState* ts;
    PyGenObject* generator;
    PyObject* sent;  // null: by tp_iternext
    PySendResult (*cpythons)(const Resuming& resuming, PyObject** result);
};

/// Goes on at a place that has no body: in CPython's way, or in compiled code.
using ResumptionHook = PySendResult(const Resuming& resuming, Resumption& place, PyObject** result);

/// Generators that stand at places of the table go on there from now on.
void watchGenerators(ResumptionHook* hook);
/// Gives CPython's slots back.
void unwatchGenerators();

/// SEND: 1 when the receiver (borrowed) gave a value, 0 when it ended with a result; either is put into `slot`.
/// Consumes the value.
int32_t send(PyObject* receiver, PyObject* value, PyObject** slot);

/// Whether compiled code may go on: no trace function, no evaluator of others, recursion and C stack left.
bool mayResume(const Resuming& resuming, const CodeEntry& entry);
/// Needs mayResume(). Runs the generator by a body until it is suspended again, or ends.
PySendResult resumeIn(const Resuming& resuming, CompiledBody::ObjectFunction* body, PyObject** result);

}  // namespace pyjion::runtime
