// SPDX-License-Identifier: MIT
// What is known about a code object and the running program when it is compiled, as the plain data that the front end
// and the passes take: types of constants, types that sites saw, values of global names, types of live values. Reads
// objects; runs no Python code.
#pragma once

#include <Python.h>

#include <vector>

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "frontend/build.h"
#include "passes/pass.h"
#include "python/frame.h"

namespace pyjion::driver {

std::vector<hir::Type> constantTypes(PyCodeObject* code);
std::vector<passes::ConstantFact> constantFacts(PyCodeObject* code);

/// What the sites saw in quick code, and where they saw nothing, what the interpreter's specialised opcodes say.
std::vector<frontend::Seen> seenTypes(const CodeRecord& record, const bytecode::Code& code);

/// Types of a frame's locals; nothing for those that are unbound.
std::vector<hir::Type> localTypes(python::Frame* frame);
std::vector<hir::Type> stackTypes(python::Frame* frame);
/// Of what kinds the iterators among some slots are.
std::vector<base::IteratorKind> iteratorsAt(PyObject** slots, int32_t count);
/// What loops iterate over, as far as GET_ITER has noted it.
void findIterators(const CodeRecord& record, const bytecode::Code& code, passes::CodeFacts& facts, CompiledCode& made);
/// Whether somebody else holds a range iterator that is on the value stack.
bool isStackShared(python::Frame* frame);

/// Global names of which full code may assume that they keep their meaning: builtins and plain constants. The objects
/// become known to the code, in the order of the facts' object numbers.
void findGlobals(const CodeRecord& record, const bytecode::Code& code, PyObject* globals, PyObject* builtins,
                 bool namesAreGlobal, passes::CodeFacts& facts, CompiledCode& made);

/// Global names that a loop of the code binds, or reads where the code binds them elsewhere, and that are bound now.
/// `namesAreGlobal`: NAME bytecodes mean globals too.
std::vector<hir::NameSlot> findNames(const CodeRecord& record, const bytecode::Code& code, PyObject* globals,
                                     bool namesAreGlobal);

}  // namespace pyjion::driver
