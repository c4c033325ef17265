// SPDX-License-Identifier: MIT
// What becomes of optimised code: it is kept, or given up when its trial, its exits or its guesses say so.
#pragma once

#include <cstdint>

#include "deopt/metadata.h"
#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Nothing enters the code any more, which may be running. It may be compiled anew.
void retire(CodeRecord& record, CompiledCode& code);

/// Whether what optimised code is left for has no code yet but is to get some: it is judged afterwards. Asked once for
/// each judgement.
bool lacksCode(CodeRecord& record);
/// Whether the interpreter had to finish a large part of the code's activations lately, of so many that there ever
/// were.
bool endsOftenInterpreted(const CompiledCode& code, uint64_t entries);
/// One more activation of optimised code goes on in the interpreter, of so many that there ever were: whether that is
/// too large a part.
bool isLeftTooOften(CompiledCode& code, uint64_t entries);

/// An activation of optimised code goes on in the interpreter: that costs more than such code saves, if most do.
void goesOnInterpreted(CodeRecord& record, CompiledCode& code);

/// A frame stands before the instruction at code unit `index`, at which optimised code was left for this reason.
/// Whether its sites have learnt something that code which is made again can expect.
bool learnsFrom(deopt::Reason reason, CodeRecord& record, int32_t index, python::Frame* frame);

/// A guess of optimised code has turned out wrong, once more.
/// `frame`: as it is at the exit.
void guessFailed(CodeRecord& record, CompiledCode& code, deopt::Exit& exit, python::Frame* frame);

/// A body without a frame was left. Where guesses fail in it too often the code is made again: with what it has met, or
/// else without that body.
void framelessLeft(CodeRecord& record, CompiledCode& code, const deopt::Exit& exit, bool hasLearnt);

/// Whether sites of which nothing was known when the code was made have met types that can be guessed now.
bool hasLearned(const CodeRecord& record, const CompiledCode& code);

/// What optimised code has met since it was made is worth making it again, if `hasMet` something: the next call, or
/// entry of the loop, asks for another one, and it is entered until that is there. Where calls are watched, or it is on
/// trial, it is retired at once. False when there was nothing, or have been too many lessons.
bool makesAnew(CodeRecord& record, CompiledCode& code, bool hasMet);

/// Calls enter the optimised code from now on, untried or tried; those of the interpreter as well or not.
void acceptFull(CodeRecord& record, bool isForCompiledCallers = false);

/// Optimised code was tried: cycles of a run interpreted and compiled, and of what it takes to enter the compiled one.
/// Keeps it, for all callers or for compiled ones, which it serves also when it is as fast as the interpreter; or gives
/// it up.
void endTrial(CodeRecord& record, uint64_t interpreted, uint64_t compiled, uint64_t toEnter);

}  // namespace pyjion::driver
