// SPDX-License-Identifier: MIT
// Runs a function in HIR, instruction by instruction, as its definition says. This is the oracle of tests: what passes
// make of a function, and the machine code that becomes of it, must end as this does. Input: a function, what its
// numbers stand for (constants, objects), the frame that it is entered with. Output: how it ends, as text.
//
// It checks what the definition promises to others: a value has its type, no object is used after its last reference
// went, none is left over, a slot holds what an instruction says that it holds. A function that breaks such a promise
// ends as "broken: ...". Generic operations know numbers and ranges; others end a run as "not modelled: ...".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hir/function.h"

namespace pyjion::oracle {

/// What a function's indices name, as text (object.h).
struct Code {
    std::vector<std::string> constants;    // by the index of LoadConst
    std::vector<std::string> objects;      // by the index of KnownObject and GuardGlobal
    std::map<uint32_t, uint32_t> globals;  // object by the site of LoadGlobal
};

/// The frame at entry, as text.
struct Entry {
    std::vector<std::string> locals;  // missing ones are unbound
    std::vector<std::string> stack;
};

struct RunOptions {
    uint64_t leaveAtCheck = 0;  // CheckPending and ForcedExit leave when they are executed for this time; 0: never
    bool traces = false;        // fill Outcome::states
};

/// Text of an outcome:
///     return 5
///     exit IntTooBig @12 (1, -; 2.5)    the frame that the interpreter takes over: its locals and value stack
///     raise ZeroDivisionError @12
///     broken: ...
///     not modelled: ...
struct Outcome {
    std::string text;
    /// Exits that the definition allows as well: where machine code gives up a little before it has to.
    std::vector<std::string> alternatives;
    /// The frames, as in `exit`, that snapshots named on the way.
    std::vector<std::string> states;
    uint64_t checks = 0;  // CheckPending and ForcedExit that were executed

    bool isExit() const { return text.starts_with("exit "); }
    /// `@12 (1, -; 2.5)` of an exit.
    std::string state() const;
    /// Whether another run, for which this is the definition, may end so.
    bool allows(const std::string& other) const;
};

Outcome interpret(const hir::Function& function, const Code& code, const Entry& entry, const RunOptions& options = {});

}  // namespace pyjion::oracle
