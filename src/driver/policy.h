// SPDX-License-Identifier: MIT
// The tiering policy: what is compiled when, and what becomes of code whose guesses fail
// (docs/maintainer/when-to-compile.md). With PYJION_STRESS it decides from counted events only (entries of functions,
// iterations of loops), so that runs are reproducible; else from samples of the time that is used, too.
//
// interpreter --entries, budget--> quick code --entries, iterations--> full code --failed guesses--> quick code …
#pragma once

#include <Python.h>

#include <bitset>
#include <cstdint>

#include "driver/code_record.h"
#include "driver/outcome.h"
#include "passes/pass.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Sets the hooks by which compiled code asks the policy.
void startPolicy();
/// The stress options changed.
void startStress();

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

/// Whether the options lift every limit of cost.
bool isBudgetUnlimited();

/// Whether somebody has said after how many runs functions are compiled.
bool isThresholdSet();

/// Whether functions of the user's own are compiled at their first run. Quick code is as fast as the interpreter,
/// except that it enters the interpreter from C for what has no code. So they have it once somebody asks, and before
/// only where compiling is part of what a run does or the user has said when it shall be.
bool makesQuickCodeAtOnce();
/// Whether there is a frame evaluator of ours (PEP 523), which sees each call: somebody wants that, or there is no
/// sampler that finds what takes time. It costs 3 to 8 % of the instructions of programs that are made of calls, since
/// CPython 3.11 then specialises none of them and makes each through C. Else trampolines lead calls to code.
bool isHookWanted();
/// Under PYJION_STRESS=trampolines, calls reach compiled code by the evaluator and by trampolines in turn, and never
/// by a vectorcall; whether that is so. Called at each entry.
bool alternateEntries();

/// The interpreter has spent one more sample in this code. Where that has earned optimised code, its next call makes
/// it.
void considerCalls(CodeRecord& record);
/// Such a call: the frame stands at its start.
void considerStart(CodeRecord& record, python::Frame* frame);

/// Whether this code may have optimised code that is entered by calls.
bool mayCompileFull(const CodeRecord& record);

/// Whether loops of this code may have optimised code.
bool mayCompileLoop(const CodeRecord& record);

/// Whether so many samples of the time of one of its loops say that optimised code for it will pay for itself.
bool hasEarnedLoop(const CodeRecord& record, uint32_t samples);

/// Whether the time that the interpreter has spent in the code says that its calls are worth compiling.
bool hasEarnedCalls(const CodeRecord& record);

/// Time was spent in optimised code, which was left in front of a loop header. Makes code for the loop there if it has
/// none and that has become worth it, or if types are known now that were not when the code was made.
void reconsider(CodeRecord& record, CompiledCode& left, int32_t header, python::Frame* frame);

/// What a compilation has come to, or what is to become of it: the policy remembers it. `header`: of the loop that it
/// was for, or 0. Moves the refusal out.
void settle(CodeRecord& record, Purpose purpose, int32_t header, Outcome& outcome);

/// An activation of optimised code goes on in the interpreter: that costs more than such code saves, if most do.
void goesOnInterpreted(CodeRecord& record, CompiledCode& code);

/// Calls enter the optimised code from now on, untried or tried.
void acceptFull(CodeRecord& record);

/// Optimised code was tried: cycles of a run interpreted and compiled. Keeps it or gives it up.
void endTrial(CodeRecord& record, uint64_t interpreted, uint64_t compiled);

/// A guess of optimised code has turned out wrong, once more.
void guessFailed(CodeRecord& record, CompiledCode& code, const deopt::Exit& exit);

/// Takes what quick code for the record costs from the budget; false when that is used up.
bool payFor(const CodeRecord& record);

/// Iterations of a loop in quick code after which it is worth optimising.
int64_t firstLoopLimit();

std::bitset<passes::kPassCount> disabledPasses();

}  // namespace pyjion::driver
