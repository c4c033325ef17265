// SPDX-License-Identifier: MIT
// Everything the JIT knows about one code object. Records are made, found, and end in registry.h.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cil/body.h"
#include "cil/encode.h"
#include "clr/native_code.h"
#include "deopt/metadata.h"
#include "driver/resumption.h"
#include "driver/trial.h"
#include "hir/type.h"
#include "python/start_trampoline.h"
#include "python/takeover.h"
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/site.h"
#include "runtime/tiering.h"

namespace pyjion::driver {

enum class Tier : uint8_t { Interpreter, Quick, Full };
const char* tierName(Tier tier);

struct CodeRecord;

/// A code object that a piece of code enters without a helper. When that dies first, `record` becomes null.
struct Callee {
    runtime::CallCache cache;
    CodeRecord* record = nullptr;

    explicit Callee(CodeRecord& callee);
    ~Callee();
    Callee(const Callee&) = delete;
    Callee& operator=(const Callee&) = delete;
};

/// Another code object whose code may be in a piece of code: how its sites and constants are numbered there. It is kept
/// alive by that.
struct InlinedCode {
    CodeRecord* record = nullptr;
    uint32_t firstSite = 0;
    uint32_t firstConstant = 0;
};

/// The body without a frame that recursive calls in a piece of code enter (passes/self_calls.h).
struct SelfBody {
    std::unique_ptr<clr::NativeCode> native;
    deopt::ExitTable exits;
    cil::Body body;
    cil::Encoded encoded;
};

/// One piece of machine code and what is needed to leave it and to show it.
struct CompiledCode {
    CodeRecord* record = nullptr;
    Tier tier = Tier::Quick;
    int32_t entryIndex = 0;             // code unit at which it is entered; not 0: on-stack replacement at that loop,
                                        // where a generator goes on, or at a handler
    std::vector<hir::Type> entryTypes;  // for which it was compiled, of the locals; Bottom: no value; empty: not known
    std::unique_ptr<clr::NativeCode> native;
    deopt::ExitTable exits;
    std::vector<uint16_t> resumePoints;  // quick code: by code unit, the number of the resume point there; 0: none
    std::vector<uint32_t> boundLocals;   // of the resume points, as CodeEntry::boundLocals has them
    cil::Body body;                      // its tables; the instructions are in `encoded`
    cil::Encoded encoded;
    std::unique_ptr<SelfBody> self;                                 // null: nothing enters one
    std::map<uint32_t, std::unique_ptr<runtime::Site>> guardSites;  // of guards on global names, by the bytecode's site
    std::vector<std::unique_ptr<Callee>> callees;
    std::vector<InlinedCode> inlined;     // by their numbers
    std::vector<PyObject*> knownObjects;  // what the code names besides its constants, by number
    std::vector<PyObject*> keptAlive;     // owned: of them, what the interpreter does not hold to its end
    double milliseconds = 0;
    double backEndMilliseconds = 0;  // of them, in RyuJIT
    uint32_t ilBlocks = 0;
    uint32_t unconditionalExits = 0;  // instructions that the front end did not compile but leaves at
    uint64_t failedGuesses = 0;
    uint64_t timesLearnt = 0;      // by its record and those of `inlined` when it was begun
    uint64_t interpretedEnds = 0;  // full code: activations that the interpreter had to finish, lately,
    uint64_t countedFrom = 0;      // since the record's entry of this number
    /// Its trial: good for callers that are machine code, which would have to enter the interpreter from C. For those
    /// in the interpreter, to which a call is a jump, it is no gain with what it takes to be led to it.
    bool isForCompiledCallers = false;
    /// It is to be made again with what it has met, and is entered until there is what replaces it.
    bool isOutdated = false;
    bool isSuccessor = false;          // of such code: what was found of that holds for it
    uint32_t checks = 0;               // of the eval breaker at which it was left: samples of its time, most of them
    uint64_t takeovers = 0;            // of frames that the interpreter ran
    uint64_t takeoverCycles = 0;       // of the processor, between those and their ends
    std::string hir;                   // as it was lowered, where the option `observe` wants that to be kept
    std::vector<uint32_t> blindSites;  // full code: sites whose types were not known; its helpers note them
    std::vector<uint32_t> blindIterations;  // likewise of GET_ITER, for the kinds of what it gives

    CompiledCode() = default;
    ~CompiledCode();
    CompiledCode(const CompiledCode&) = delete;
    CompiledCode& operator=(const CompiledCode&) = delete;

    /// What the code objects in it have learnt until now, as a number that grows with it.
    uint64_t learntByNow() const;
    /// Whether that is more than when it was begun: code that is made now would expect more.
    bool isBehind() const { return timesLearnt != learntByNow(); }

    /// What only compiling needed, and room that vectors keep to grow: most of the memory of a small function.
    void dropSpareMemory();

    /// Machine code, that of `self` included.
    uint64_t codeBytes() const;
    /// Calls `visit` for each exit, of `self` as well.
    template <typename Visit>
    void forEachExit(Visit visit) const {
        std::for_each(exits.exits.begin(), exits.exits.end(), visit);
        if (self) {
            std::for_each(self->exits.exits.begin(), self->exits.exits.end(), visit);
        }
    }

    runtime::CompiledBody entry() const {
        using Body = runtime::CompiledBody;
        bool returnsInt = body.signature.result == cil::Type::Int64;
        return returnsInt ? Body(native->as<Body::IntFunction>()) : Body(native->as<Body::ObjectFunction>());
    }
};

/// What is compiled for what reason: what its outcome means depends on that. Earned: full code, by time in the
/// interpreter.
enum class Purpose : uint8_t { First, Full, Earned, HotQuick, ResumePoints, Other };

struct CompileJob;

/// A piece of code that is complete but for its machine code, which the job makes. The job knows nothing of this.
struct CodeUnderWay {
    Purpose purpose = Purpose::Other;
    std::unique_ptr<CompiledCode> code;
    std::shared_ptr<CompileJob> job;
    uint32_t forgottenGuesses = 0;  // of the record, when it was begun
};

/// Why something is not compiled: a sentence, and the line of the source that it is about (0: all of it). Sentences
/// that stand in our own code are not copied: most are set at each entry of cold code, one when memory is short.
class Refusal {
  public:
    Refusal() = default;
    explicit Refusal(const char* sentence) : fixed_(sentence) {}
    explicit Refusal(std::string sentence, int32_t line = 0) : made_(std::move(sentence)), line_(line) {}

    bool empty() const { return made_.empty() && *fixed_ == 0; }
    std::string text() const { return made_.empty() ? fixed_ : made_; }
    int32_t line() const { return line_; }

  private:
    const char* fixed_ = "";
    std::string made_;
    int32_t line_ = 0;
};

/// Of a handler, by activations that left optimised code for it.
struct HandlerUse {
    uint32_t runs = 0;           // without code of its own
    uint32_t entries = 0;        // of that code, by loops
    uint64_t judged = 0;         // time stamp, in cycles of the processor, when it was looked at last
    bool isTooFrequent = false;  // it has none because exceptions take most of the time
};

struct CodeRecord : runtime::CodeEntry {
    PyCodeObject* code = nullptr;  // borrowed: the record dies with it
    PyObject* module = nullptr;    // owned: the name of that in which it ran first, once that is known
    bool suppressed = false;
    bool failed = false;        // has no code and cannot be compiled, for `refusal`
    bool isOurs = false;        // of the package: what looks at programs must not be in what it sees
    bool isKept = false;        // for a report: there is a reference to the code for the rest of the process
    bool quickIsHot = false;    // RyuJIT optimises its quick code
    bool asksAtStart = false;   // has earned optimised code, which its next call makes
    bool keepsFrames = false;   // its recursive calls had to leave bodies without frames too often
    bool gainsNothing = false;  // its optimised code is no faster than the interpreter; when that was found:
    uint32_t samplesAtVerdict = 0;
    uint32_t gainsAtVerdict = 0;  // of other code
    Refusal refusal;              // also why it is not compiled yet
    uint32_t awaitsHandler = 0;   // so many judgements of its optimised code wait for a handler, until there is budget
    uint32_t bytecodes = 0;
    uint32_t fullCompiles = 0;
    uint32_t unpaidEntries = 0;  // left to the interpreter at once: what they earn is counted at the next question
    uint32_t forgottenGuesses = 0;
    uint32_t lessons = 0;          // optimised code was made again because it had met types that were not known before
    uint64_t timesLearnt = 0;      // an exit has shown something that code made before does not expect
    uint64_t iterations = 0;       // of loops, counted by quick code
    uint32_t samples = 0;          // of the time that the interpreter has spent in it
    uint32_t compiledSamples = 0;  // of the time that its compiled code has used
    float saves = 0.25;          // part of the interpreter's time that optimised code does not take: measured, or usual
    uint32_t ownSamples = 0;     // lately, of the time that its compiled code has used,
    uint32_t samplesBelow = 0;   // and of what the interpreter ran that this code had called
    bool loopsWait = false;      // mostly for the latter: they are not taken over
    uint64_t backEdgesSeen = 0;  // in the interpreter, where each of them is looked at
    std::optional<std::vector<python::BackEdge>> backEdges;  // once they were looked for
    std::map<int32_t, uint32_t> loopSamples;                 // by loop header
    std::map<int32_t, HandlerUse> handlers;                  // that optimised code was left for, by code unit
    std::set<uint32_t> binders;                              // instructions (code units) that have bound global names
    std::set<uint32_t> notInlined;                           // calls (code units) that often went other ways
    std::set<uint32_t> varyingLocals;                        // entered with objects of several types
    std::set<int32_t> varyingStacks;                         // entries (code units) where that is so on the stack
    std::set<int32_t> waysTaken;                             // blocks (code units) that optimised code had left out
    std::set<int32_t> sharedStacks;                          // entries where others hold an iterator on the stack

    std::unique_ptr<CompiledCode> quick;
    std::unique_ptr<CompiledCode> full;
    std::unique_ptr<python::StartTrampoline> start;  // leads calls to the code, while no evaluator does
    std::optional<int32_t> firstTarget;              // first unit to which the code jumps, or its end; once looked for
    std::unique_ptr<Trial> trial;           // of `full`, which calls do not enter by themselves until it is over
    std::vector<int32_t> moreResumePoints;  // of the quick code, where optimised code was left
    std::map<int32_t, std::unique_ptr<CompiledCode>> loops;  // by where they are entered
    std::unique_ptr<Resumptions> resumptions;                // of generators, once their time was found to be worth it
    std::vector<std::unique_ptr<CompiledCode>> retired;      // replaced, perhaps still running
    std::unique_ptr<CodeUnderWay> underWay;                  // in the background
    std::vector<runtime::Site> sites;                        // never resized once made: code points into it
    std::vector<runtime::LoopCounter> loopCounters;          // likewise
    std::vector<Callee*> callers;                            // who enters this code without a helper

    /// Keeps the name of the module whose globals these are, unless there is one.
    void noteModule(PyObject* globals);
    /// The code that new calls enter, or null. The call that has outdated code made again is not to miss that.
    const CompiledCode* current() const {
        const bool isEntered = full && (!trial || trial->isOpen) && !(full->isOutdated && asksAtStart);
        return isEntered ? full.get() : quick.get();
    }
    /// In bytecodes; about that before they are counted.
    uint32_t size() const;
    Tier tier() const {
        const CompiledCode* code = current();
        return code != nullptr ? code->tier : Tier::Interpreter;
    }
    /// Every piece of code there is, in the order in which it is shown.
    std::vector<const CompiledCode*> all() const;
    /// The same without taking memory.
    template <typename Visit>
    void forEachCode(Visit visit) const {
        if (full) {
            visit(*full);
        }
        for (const auto& [header, code] : loops) {
            visit(*code);
        }
        if (quick) {
            visit(*quick);
        }
        for (const auto& code : retired) {
            visit(*code);
        }
    }
};

}  // namespace pyjion::driver
