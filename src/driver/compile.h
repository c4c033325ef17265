// SPDX-License-Identifier: MIT
// The pipeline: code object -> bytecode -> HIR -> passes -> CIL -> machine code. Runs under the GIL and runs no Python
// code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/code_record.h"
#include "driver/outcome.h"
#include "python/frame.h"

namespace pyjion::driver {

/// What is to be compiled, and the live state that it may be specialised for.
struct CompileRequest {
    CodeRecord* record = nullptr;
    Purpose purpose = Purpose::Other;  // any but First and Other: may be compiled in the background
    Tier tier = Tier::Quick;
    int32_t entryIndex = 0;          // not 0: on-stack replacement at that loop header, or
                                     // what a generator runs that goes on there
    bool optimised = false;          // quick code, but RyuJIT optimises it: to measure the lowering
    bool mustPay = false;            // no code that is too large to pay for itself
    python::Frame* frame = nullptr;  // the activation that asks, its value stack in place; may be null
    PyObject* globals = nullptr;     // of the function, where there is no frame; may be null
    PyObject* builtins = nullptr;
};

/// Compiles, and installs the code in the record, now or later. Whatever else comes of it, the record keeps the code
/// that it has; the policy is told (settle()). Throws nothing, runs no Python code, and leaves no trace that the
/// program could see.
Outcome compileCode(const CompileRequest& request);

/// Compiles to look at the code, which is not entered, counted or logged; null when that cannot be done. The record is
/// one of recordToShow().
std::unique_ptr<CompiledCode> compileToShow(const CompileRequest& request);

/// The HIR that compiling now would give, from the feedback that there is now.
std::string hirListing(const CompileRequest& request);
}  // namespace pyjion::driver
