// SPDX-License-Identifier: MIT
#include "runtime/replay.h"

namespace pyjion::runtime {

ReplayHooks replayHooks;

Replay* replayBegin(_PyInterpreterFrame* frame, deopt::ExitTable* table) {
    return replayHooks.begin(frame, table);
}

void replayObject(Replay* replay, int32_t position, PyObject* result) {
    replayHooks.object(replay, position, result);
}

void replayInteger(Replay* replay, int32_t position, int64_t result) {
    replayHooks.integer(replay, position, result);
}

void replayBool(Replay* replay, int32_t position, int32_t result) {
    replayHooks.object(replay, position, result != 0 ? Py_True : Py_False);
}

void replayTruth(Replay* replay, int32_t position, int32_t result) {
    replayHooks.truth(replay, position, result != 0);
}

void replaySlots(Replay* replay, int32_t position) {
    replayHooks.slots(replay, position);
}

void replayNames(Replay* replay, int32_t position) {
    replayHooks.names(replay, position);
}

void replayNamesRead(Replay* replay, int32_t position) {
    replayHooks.namesRead(replay, position);
}

void replayReturn(Replay* replay, int32_t position, PyObject* result) {
    replayHooks.returnObject(replay, position, result);
}

void replayReturnInteger(Replay* replay, int32_t position, int64_t result) {
    replayHooks.returnInteger(replay, position, result);
}

}  // namespace pyjion::runtime
