// SPDX-License-Identifier: MIT
// A code object's bytecode, decoded: instructions with their arguments, lines, jump targets and value-stack depths, the
// exception table, basic blocks and loops. Does not say what an instruction does: that is the front end's matter.
//
// Places in the code are counted in code units (16 bits), as the interpreter counts them; a place in `instructions` is
// called an ordinal.
#pragma once

#include <Python.h>

#include <cstdint>
#include <vector>

#include "bytecode/opcode.h"
#include "python/exception_table.h"

namespace pyjion::bytecode {

inline constexpr int32_t kNone = -1;

struct Instruction {
    Opcode opcode = Opcode::NOP;  // what the compiler emitted
    Opcode found = Opcode::NOP;   // what is there now: `opcode` or a specialised form of it
    bool isResumePoint = false;   // whether the interpreter may be told to go on here
    uint32_t argument = 0;        // with every EXTENDED_ARG folded in
    int32_t start = 0;            // code unit of the first EXTENDED_ARG, or of the instruction itself
    int32_t index = 0;            // code unit of the instruction itself: what tracebacks name
    int32_t next = 0;             // first code unit behind it and its caches
    int32_t target = kNone;       // code unit that it may jump to
    int32_t line = kNone;
    int32_t depth = kNone;  // values on the value stack before it; kNone when it cannot be reached
    uint32_t block = 0;     // number of the basic block
};

/// A basic block: instructions [first, last], ordinals. Successors: the next block first, then the target. A block ends
/// behind an instruction that suspends a generator too; what follows it is its successor. Exceptional edges are apart:
/// compiled code leaves a function through them and is entered again at the handler. Dominators and loops heed both.
struct Block {
    uint32_t first = 0;
    uint32_t last = 0;
    std::vector<uint32_t> successors;
    std::vector<uint32_t> handlers;      // blocks that exceptions of its instructions go to
    std::vector<uint32_t> predecessors;  // by both kinds of edges; only those that can be reached themselves
    bool reachable = false;              // from the entry, without exceptions
    bool isHandler = false;              // where an exception handler begins
    bool neverRun = false;               // as far as is known (never_run.h): compiled code leaves in front of it
    int32_t dominator = kNone;           // immediate dominator, a block; kNone for the entry and what is unreachable
    int32_t loop = kNone;                // innermost loop around it
};

/// A natural loop among the blocks that can be reached.
struct Loop {
    uint32_t header = 0;            // block
    std::vector<uint32_t> latches;  // blocks with an edge back to the header
    std::vector<uint32_t> blocks;   // all of them, those of inner loops included, in code order; the header is one
    int32_t parent = kNone;         // enclosing loop
    int32_t depth = 1;              // 1 for an outermost loop
};

struct Code {
    PyCodeObject* object = nullptr;  // borrowed
    std::vector<Instruction> instructions;
    std::vector<int32_t>
        ordinals;  // code unit -> ordinal; kNone inside of caches. EXTENDED_ARG belongs to what follows
    std::vector<python::ExceptionEntry> handlers;
    std::vector<Block> blocks;
    std::vector<Loop> loops;  // outer loops before the ones inside of them
    bool reducible = true;    // whether every cycle has a header that dominates it
    int32_t maxDepth = 0;

    /// The instruction that owns this code unit, null inside of caches and outside of the code.
    const Instruction* at(int32_t unit) const;
    bool isResumePoint(int32_t unit) const;
    /// The entry whose handler an exception of the instruction at `index` goes to.
    const python::ExceptionEntry* handlerFor(int32_t index) const;
};

}  // namespace pyjion::bytecode
