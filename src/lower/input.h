// SPDX-License-Identifier: MIT
// What the lowering is given, and what it makes of that: see lower.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cil/body.h"
#include "deopt/metadata.h"
#include "hir/function.h"
#include "lower/pool.h"

namespace pyjion::lower {

/// Where an instruction of the bytecode lies, by the code unit of its opcode.
struct InstructionBounds {
    uint32_t start = 0;  // first EXTENDED_ARG
    uint32_t next = 0;   // behind its caches
    uint32_t line = 0;
    const python::ExceptionEntry* handler = nullptr;  // of its exceptions
    std::optional<deopt::Jump> jump;                  // of a conditional jump
    bool jumpsBack = false;                           // to `target`, with a look at the eval breaker
    uint32_t target = 0;
};

/// What the frame of a function that compiled code enters itself looks like.
struct CalleeLayout {
    uint32_t frameWords = 0;
    uint32_t localCount = 0;        // slots below the value stack
    uint32_t firstInstruction = 0;  // code unit of the first one that tracebacks show
};

/// The frameless body of the function itself.
struct SelfBody {
    uint32_t callee = 0;              // as in CallFunction
    std::vector<bool> passesNumbers;  // by argument: it takes the number of an int
    bool returnsNumber = false;
    uint32_t levels = 0;  // of recursion in it
};

struct Input {
    const hir::Function* function = nullptr;
    /// By code unit; of caches and EXTENDED_ARG only the handler is set. Those of inlined code are in terms of its own
    /// code units, and have no handlers.
    std::vector<InstructionBounds> bounds;
    std::vector<std::string> names;     // co_names, for listings
    std::vector<CalleeLayout> callees;  // of CallFunction
    bool quick = false;                 // exits that quick code can do without are calls of helpers
    bool hasHandlers = false;           // there are handlers of exceptions, whose tracebacks make frame objects
    bool spillAll = false;              // every value goes through a local of its own: no fused compares
    uint64_t forcedExitEvery = 0;       // 0: the countdown of forced exits comes from the runtime
    bool forcedExitsBehind = false;     // at its end code is left behind the instruction, not before it
    std::optional<SelfBody> self;       // that CallSelf enters
    bool isFrameless = false;           // the function is that body
    bool replay = false;                // its bytecode is replayed beside it, to check exits
};

struct Lowered {
    cil::Body body;
    std::vector<PoolRecipe> pool;
    deopt::ExitTable exits;
};

}  // namespace pyjion::lower
