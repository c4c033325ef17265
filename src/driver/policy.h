// SPDX-License-Identifier: MIT
// The tiering policy: what is compiled when (docs/maintainer/when-to-compile.md). What may be compiled at all is said
// by eligibility.h, what compiling may cost by credit.h and time_budget.h, and what becomes of the code by verdicts.h.
// With PYJION_STRESS it decides from counted events only (entries of functions, iterations of loops), so that runs are
// reproducible; else from samples of the time that is used, too.
//
// interpreter --entries, budget--> quick code --entries, iterations--> full code --failed guesses--> quick code …
#pragma once

#include <Python.h>

#include <cstdint>

#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Sets the hooks by which compiled code asks the policy.
void startPolicy();

/// A function is about to be entered and has no compiled code: compiles it if it has earned that. Otherwise the
/// interpreter runs it: the number of entries, this one included, after which the question is worth asking again.
uint32_t considerEntry(CodeRecord& record, python::Frame* frame);

/// A function that somebody asks about: one of the user's own that has run is compiled, and its next runs are seen.
void catchUp(CodeRecord& record, PyObject* globals, PyObject* builtins);

/// Compiles now, whatever it has earned; whether it is compiled.
bool compileNow(CodeRecord& record, bool full, PyObject* globals, PyObject* builtins, Refusal* whyNotFull = nullptr);

/// Replaces quick code by the same code, optimised by RyuJIT, which shows what its limits make of the lowering; whether
/// that worked.
bool compileOptimised(CodeRecord& record);

/// On-stack replacement: the optimised code of a hot loop at whose header the frame stands, made now if there is none.
/// Null when it cannot be made: quick code goes on, which may be better now.
const CompiledCode* loopCode(CodeRecord& record, int32_t header, python::Frame* frame);

/// Compiles what runs from this code unit on, at which the frame goes on: a handler, or what is behind a suspension.
void compileFrom(CodeRecord& record, int32_t unit, python::Frame* frame);

/// The interpreter has spent one more sample in this code. Where that has earned optimised code, its next call makes
/// it.
void considerCalls(CodeRecord& record);
/// Such a call: the frame stands at its start.
void considerStart(CodeRecord& record, python::Frame* frame);

/// Whether so many samples of the time of one of its loops say that optimised code for it will pay for itself.
bool hasEarnedLoop(const CodeRecord& record, uint32_t samples);

/// Whether the time that the interpreter has spent in the code says that its calls are worth compiling.
bool hasEarnedCalls(const CodeRecord& record);

/// Time was spent in optimised code, which was left in front of the instruction at `index`. Code that was made when
/// types were not known that are known now gives way to new code; so does the code of a loop whose header stands there.
/// Makes code for that loop if it has none and that has become worth it.
void reconsider(CodeRecord& record, CompiledCode& left, int32_t index, python::Frame* frame);

}  // namespace pyjion::driver
