// SPDX-License-Identifier: MIT
// Which Python functions calls are likely to enter, and which builtins they call, for the pass that has compiled code
// do so without a look at the callable.
#pragma once

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "passes/pass.h"

namespace pyjion::driver {

/// Fills in `facts.callees` from what sites of calls entered last, `facts.functions` from what names are bound to now,
/// `facts.slots` from what the frame, if there is one, has in its locals and cells, and `facts.methods` from the
/// methods among the known objects, each code object once. A callee need not have been compiled yet. Needs the
/// accesses.
void findCallees(const CodeRecord& record, const bytecode::Code& code, PyObject* globals, python::Frame* frame,
                 passes::CodeFacts& facts, CompiledCode& made);

/// The number of a function of the module math, as in CheckedMath; nothing for other objects.
std::optional<uint32_t> mathFunctionOf(PyObject* object);

/// Whether it is one of CPython's own classes of whose calls something is known, and which live as long as that.
bool isOwnClass(PyObject* object);

/// Fills in `facts.builtins`: which of the known objects are builtins that can be called without looking at them.
void findBuiltins(passes::CodeFacts& facts, const CompiledCode& made);

}  // namespace pyjion::driver
