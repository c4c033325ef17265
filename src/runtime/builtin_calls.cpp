// SPDX-License-Identifier: MIT
#include "runtime/builtin_calls.h"

#include <opcode.h>

#include <string_view>

#include "python/frame.h"

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
    PyObject* len = PyDict_GetItemString(PyEval_GetBuiltins(), "len");
    const bool isOriginal = len != nullptr && PyCFunction_CheckExact(len) &&
                            reinterpret_cast<PyCFunctionObject*>(len)->m_ml->ml_name == std::string_view("len");
    uncountedBuiltins.len = isOriginal ? Py_NewRef(len) : nullptr;
    uncountedBuiltins.listAppend = PyDict_GetItemString(PyList_Type.tp_dict, "append");
}

}  // namespace pyjion::runtime
