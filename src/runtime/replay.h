// SPDX-License-Identifier: MIT
// Helpers of optimised code that is checked while it runs: they tell the replay of its bytecode what that cannot find
// out by itself. Whoever replays sets the hooks; code with calls of these helpers is only made when it has.
#pragma once

#include <Python.h>

#include <cstdint>

#include "deopt/metadata.h"

namespace pyjion::runtime {

/// What compiled code knows of the replay of its activation.
struct Replay {
    int64_t jumps = 0;  // backwards, of the bytecode; counted by compiled code
};

struct ReplayHooks {
    Replay* (*begin)(_PyInterpreterFrame* frame, deopt::ExitTable* table) = nullptr;
    void (*object)(Replay* replay, int32_t position, PyObject* result) = nullptr;
    void (*integer)(Replay* replay, int32_t position, int64_t result) = nullptr;
    void (*truth)(Replay* replay, int32_t position, bool result) = nullptr;
    void (*slots)(Replay* replay, int32_t position) = nullptr;
    void (*names)(Replay* replay, int32_t position) = nullptr;
    void (*namesRead)(Replay* replay, int32_t position) = nullptr;
    void (*returnObject)(Replay* replay, int32_t position, PyObject* result) = nullptr;
    void (*returnInteger)(Replay* replay, int32_t position, int64_t result) = nullptr;
};
extern ReplayHooks replayHooks;

/// The activation begins: locals and value stack are in the frame.
Replay* replayBegin(_PyInterpreterFrame* frame, deopt::ExitTable* table);
/// The instruction that starts at `position` has given an object (null: an iterator is at its end), an int, a bool; has
/// found out whether something is true; could show the frame's slots.
void replayObject(Replay* replay, int32_t position, PyObject* result);
void replayInteger(Replay* replay, int32_t position, int64_t result);
void replayBool(Replay* replay, int32_t position, int32_t result);
void replayTruth(Replay* replay, int32_t position, int32_t result);
void replaySlots(Replay* replay, int32_t position);
/// The instruction that starts at `position` is about to run what could look at global names and bind them; has run it.
void replayNames(Replay* replay, int32_t position);
void replayNamesRead(Replay* replay, int32_t position);
/// The activation returns, and the replay ends.
void replayReturn(Replay* replay, int32_t position, PyObject* result);
void replayReturnInteger(Replay* replay, int32_t position, int64_t result);

}  // namespace pyjion::runtime
