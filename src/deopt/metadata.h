// SPDX-License-Identifier: MIT
// Exit metadata: how to rebuild the interpreter's frame from the words that an exit stored.
//
// Compiled code leaves through one common block: it stores the union of the values that exits need into a buffer, as
// raw 64-bit words, and passes the number of the exit. Everything that differs between exits is here, as plain data.
// Slots are described by kinds, never as pre-formatted stack words, because how a word looks differs between CPython
// versions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <Python.h>

#include "base/call_end.h"
#include "python/exception_table.h"

namespace pyjion::deopt {

enum class Effect : uint8_t { Speculation, Exact, Stress };

enum class Reason : uint8_t {
#define REASON(name, text, effect) name,
#include "deopt/reasons.def"
#undef REASON
};

/// The reason's name, its text, and what follows from it: one row of reasons.def.
struct ReasonInfo {
    const char* name;
    const char* text;
    Effect effect;
};
const ReasonInfo& info(Reason reason);
size_t reasonCount();

enum class SlotKind : uint8_t {
    InFrame,    // the frame's slot is already right (locals only)
    Null,       // no value
    Owned,      // word = PyObject* whose reference goes to the frame
    Borrowed,   // word = PyObject* that the frame needs a reference of its own to
    InSlot,     // the object that is in a local's slot
    Function,   // the function of the frame
    Int,        // word = int64: becomes an int
    Double,     // word = double: becomes a float
    Bool,       // word = 0 or 1: becomes a bool
    Number,     // two words (double, 0 or 1): become a float, or an int
    RangeIter,  // three words (next value, step, limit): become an iterator over (limit - next) / step values
};

/// Where a slot's words are in the exit buffer. A number is one object, however many slots name its word: an exit makes
/// it once.
struct SlotRecipe {
    static constexpr uint16_t kNone = UINT16_MAX;
    SlotKind kind = SlotKind::Null;
    std::array<uint16_t, 3> words{};
    uint16_t condition = kNone;  // word of a truth value; while it is false, it is what is in the slot of `local`
    uint16_t same = kNone;       // word of a truth value; while it is true, it is the number of words[1]
    uint16_t local = 0;
};

/// A slot of the frame, or behind these that of a global name: its index in the code's names on top of the number of
/// the frame's locals.
struct LocalRecipe {
    uint16_t local = 0;
    SlotRecipe recipe;
};

enum class ResumeMode : uint8_t {
    Before,    // re-execute the instruction at `resumeIndex`
    Raised,    // the instruction failed (an exception is set), or it succeeded and must be left behind it: see leave()
    Reraised,  // the instruction raised an exception again; the position is in the frame
};

/// Where a conditional jump goes, by what was decided: the truth of its operand, whether that is None, whether the
/// iterator has given a value.
struct Jump {
    uint32_t whenTrue = 0;
    uint32_t whenFalse = 0;
    bool dropsWhenTrue = false;  // the top of the value stack is released on the way
    bool dropsWhenFalse = false;
};

/// The frame of a callee whose code is inlined, which an exit has to make.
struct InlinedFrame {
    using End = base::CallEnd;

    uint32_t depth = 0;         // recipes of the stack in front of it: the callers'
    uint32_t localCount = 0;    // behind its function; the rest, up to the next frame, is its value stack
    uint32_t runningIndex = 0;  // in its own code: the call that the next frame is of,
    uint32_t nextIndex = 0;     // and where it goes on then; the last frame: at once
    End end = End::Plain;
    uint32_t op = 0;  // Operator: a python::OperatorNumber

    /// The first recipe that is not the callers'.
    uint32_t base() const { return depth - base::keptFor(end); }
};

/// One exit of a compiled function.
struct Exit {
    Reason reason = Reason::Forced;
    ResumeMode mode = ResumeMode::Before;
    uint32_t resumeIndex =
        0;  // code unit at which the interpreter goes on (an instruction start, EXTENDED_ARG included)
    uint32_t runningIndex = 0;                      // code unit of the instruction itself, what tracebacks name
    uint32_t startIndex = 0;                        // the same at its first EXTENDED_ARG
    uint32_t jumpsAhead = 0;                        // Before: jumps backwards that a replay has not counted yet
    uint32_t nextIndex = 0;                         // Raised: where to go on behind the instruction, its result pushed
    bool pushesResult = true;                       // Raised: whether the instruction pushes its result
    uint32_t spreadResults = 0;                     // Raised: results that are in the frame's value-stack slots already
    std::optional<Jump> jump;                       // Raised: the result is a bool, which decides where to go on
    std::optional<python::ExceptionEntry> handler;  // of exceptions of the instruction
    uint32_t wordCount = 0;                         // that it stores
    std::vector<LocalRecipe> locals;                // those that are not InFrame
    std::vector<SlotRecipe> stack;
    std::vector<InlinedFrame> inlined;  // Raised: frames that run first, the last one innermost, for the result
    bool standsAtCall = false;          // that one goes on with the result of a call that was left, see unwinding.h
    uint64_t count = 0;
    uint64_t raised = 0;   // of them, with an exception
    uint64_t lessons = 0;  // of them, with something new for code that is made in place of this
};

/// All exits of one piece of compiled code. Lives as long as the code.
struct ExitTable {
    std::vector<Exit> exits;
    uint32_t bufferWords = 0;
    uint32_t entryIndex = 0;      // for a replay: where the code is entered, and
    uint32_t entryDepth = 0;      // how many values are on the value stack there
    std::vector<uint32_t> names;  // likewise: the global names that it treats as locals, as indices in the code's names
    void* owner = nullptr;        // the driver's record of the code, for counting and for recompilation
};

/// Text form of a table, one exit a line, for dumps and golden tests.
std::string print(const ExitTable& table);

}  // namespace pyjion::deopt
