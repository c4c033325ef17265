// SPDX-License-Identifier: MIT
// Optimised code on trial. Whether it is faster than the interpreter cannot be told from the outside: code that calls
// and compares objects of unknown types gains little, and pays for the hook by which it is entered. So what has earned
// optimised code by the time that it uses is entered compiled and interpreted by turns, until it is known which is
// better.
#pragma once

#include <Python.h>

#include <array>
#include <cstdint>

#include "python/frame.h"

namespace pyjion::driver {

struct CodeRecord;

/// Cycles that a call of compiled code takes beyond the run that is measured, if the caller is in the interpreter: a
/// trampoline has done its part before the run begins. (2.1 GHz, methods of 4 to 10 instructions: 44 to 47, which is as
/// much as some of them take.)
constexpr uint64_t kCyclesOfTrampoline = 45;

/// What has been measured so far.
struct Trial {
    static constexpr uint32_t kRuns = 16;  // of each kind, at most
    enum Kind : uint32_t { Interpreted, Compiled };

    std::array<std::array<uint64_t, kRuns>, 2> cycles{};
    std::array<uint32_t, 2> counts{};
    uint64_t toEnter = 0;      // cycles that calls took beyond the compiled runs: the sum
    uint64_t total = 0;        // cycles of all runs
    uint64_t start = 0;        // of the run under way
    uint32_t random = 1;       // which kind is next: an order of its own could be that of the program's calls
    bool isMeasuring = false;  // a run is under way: those inside of it are part of it
    Kind kind = Interpreted;   // of that run
    bool isRecursive = false;  // compiled runs have several calls
    bool isOpen = false;       // it is a compiled one: calls inside of it enter the code as they will without a trial
};

/// The record has new optimised code, if it has any: its calls are tried. Where nothing is measured they enter it.
void putOnTrial(CodeRecord& record);

/// Runs a frame that stands before its first instruction and whose code is on trial; decides when enough is known.
/// `toEnter`: cycles that this call would take beyond a compiled run.
PyObject* runOnTrial(PyThreadState* ts, python::Frame* frame, CodeRecord& record, uint64_t toEnter);

/// Whether the interpreter runs this code to be measured, so that no loop of it may be taken over. A run that lasts too
/// long for that ends the trial in favour of the optimised code: such loops are judged by themselves.
bool isMeasuredInInterpreter(CodeRecord& record);

}  // namespace pyjion::driver
