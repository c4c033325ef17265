// SPDX-License-Identifier: MIT
// Methods that super() finds: which names mean `super`, and what is behind the class of the code in the method
// resolution orders of the classes that were met.
#pragma once

#include <Python.h>

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "passes/pass.h"
#include "python/frame.h"

namespace pyjion::driver {

/// Fills in `facts.supers`, `superSites`, `superMethods` and `classCell`, and takes note of the class of the frame's
/// object. What classes have becomes objects known to the code; they are not kept alive, as the guards in front of
/// their use see to that. `frame`: the call for which it is compiled, or null.
void findSupers(CodeRecord& record, const bytecode::Code& code, PyObject* globals, PyObject* builtins,
                python::Frame* frame, passes::CodeFacts& facts, CompiledCode& made);

}  // namespace pyjion::driver
