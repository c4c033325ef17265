// SPDX-License-Identifier: MIT
// Bytecode -> HIR. Translates what the interpreter would do, instruction by instruction, without guessing: every value
// on the stack is an owned reference, locals are in the frame, and each instruction starts with a snapshot of the
// interpreter's state. What is known about types goes along as `seen` operands, for the passes to use.
//
// Code with an instruction outside of the supported set is refused as a whole, with the reason.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "bytecode/assigned_locals.h"
#include "bytecode/decode.h"
#include "hir/function.h"

namespace pyjion::frontend {

inline constexpr uint32_t kNoSite = UINT32_MAX;

/// Numbers the instructions that keep a site (a profile cell and inline cache); by ordinal, kNoSite for the others.
/// Depends on the code alone, so that all compilations of a code object share their sites; what is not compiled as it
/// never runs has none.
std::vector<uint32_t> numberSites(const bytecode::Code& code);

/// The types that a site's operands were seen to have; Bottom when it was never executed.
struct Seen {
    hir::Type left;
    hir::Type right;
};

struct Input {
    const bytecode::Code* code = nullptr;
    std::string name;
    uint32_t localCount = 0;
    uint32_t stackSize = 0;
    uint32_t codeFlags = 0;
    std::vector<hir::Type> constantTypes;    // of co_consts
    std::vector<Seen> seen;                  // by site; empty: nothing is known
    std::vector<hir::Type> entryTypes;       // of the locals when compiling was asked for; empty: unknown
    std::vector<hir::Type> entryStackTypes;  // on-stack replacement: of the value stack
    std::vector<hir::NameSlot> names;        // global names that passes may treat as locals; full code alone
    bool namesAreGlobal = false;             // NAME bytecodes mean globals: compiled code checks at entry that they do
    int32_t entryIndex = 0;     // 0, or the code unit at which it is entered, the state being in the frame: a loop's
                                // header, or where one of the next two says
    bool namesLocals = true;    // snapshots have places for locals; not in quick code, whose locals are in the frame
    bool countLoops = false;    // quick code: count back-edges
    bool resumePoints = false;  // quick code: can be entered at loops and handlers, and where a generator goes on
    const bytecode::AssignedLocals* assigned = nullptr;  // quick code: of `code`
    std::vector<int32_t> moreResumePoints;               // code units at which blocks begin
    bool suspends = false;  // full code of a generator, entered at `entryIndex`, where it goes on: it runs to its next
                            // suspension
    bool handles = false;   // full code, entered at `entryIndex`, where an exception is handled
    bool forcedExits = false;  // stress: an exit at every instruction
};

struct Refusal {
    std::string reason;
    int32_t line = 0;
};

base::Result<hir::Function, Refusal> build(const Input& input);

}  // namespace pyjion::frontend
