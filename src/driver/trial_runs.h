// SPDX-License-Identifier: MIT
// The runs of optimised code that is on trial (trial.h): compiled and interpreted by turns.
#pragma once

#include <Python.h>

#include <cstdint>

#include "driver/code_record.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Cycles that a call of compiled code takes beyond the run that is measured, if the caller is in the interpreter: a
/// trampoline has done its part before the run begins. (2.1 GHz, methods of 4 to 10 instructions: 44 to 47, which is as
/// much as some of them take.)
constexpr uint64_t kCyclesOfTrampoline = 45;

/// The record has new optimised code, if it has any: its calls are tried. Where nothing is measured they enter it, and
/// where recursive calls need no frames: nothing that they do is generic, and a run of them is as long as it is deep.
void putOnTrial(CodeRecord& record);

/// Runs a frame that stands before its first instruction and whose code is on trial; decides when enough is known.
/// `toEnter`: cycles that this call would take beyond a compiled run.
PyObject* runOnTrial(PyThreadState* ts, python::Frame* frame, CodeRecord& record, uint64_t toEnter);

/// Whether the interpreter runs this code to be measured, so that no loop of it may be taken over. A run that lasts too
/// long for that ends the trial in favour of the optimised code: such loops are judged by themselves.
bool isMeasuredInInterpreter(CodeRecord& record);

}  // namespace pyjion::driver
