// SPDX-License-Identifier: MIT
#include "runtime/builtin_calls.h"

#include <opcode.h>

#include "python/frame.h"
#include "python/names.h"

namespace pyjion::runtime {

namespace {

/// Code units between a CALL and the next instruction.
constexpr int kCacheOfCall = 4;

}  // namespace

UncountedBuiltins uncountedBuiltins;

bool UncountedBuiltins::resultIsDropped(PyThreadState* ts) {
    python::Frame* frame = python::currentFrame(ts);
    const uint16_t* running = python::firstInstruction(python::code(frame)) + python::runningIndex(frame);
    return (running[1 + kCacheOfCall] & 0xff) == POP_TOP;
}

void findUncountedBuiltins() {
    if (PyObject* name = PyUnicode_InternFromString("len")) {
        uncountedBuiltins.len = python::originalBuiltin(name);
        Py_DECREF(name);
    } else {
        PyErr_Clear();
    }
    uncountedBuiltins.listAppend = PyDict_GetItemString(PyList_Type.tp_dict, "append");
}

}  // namespace pyjion::runtime
