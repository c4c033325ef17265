// SPDX-License-Identifier: MIT
// The stages of a compilation that need no object of CPython, from decoded bytecode to machine code. Their input and
// their output are plain data, so that any thread may do them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bytecode/assigned_locals.h"
#include "bytecode/decode.h"
#include "cil/encode.h"
#include "clr/compiler.h"
#include "driver/background_thread.h"
#include "driver/outcome.h"
#include "frontend/build.h"
#include "hir/function.h"
#include "lower/lower.h"
#include "passes/inlinee.h"
#include "passes/pass.h"

namespace pyjion::driver {

/// A callee whose code may be put into the caller's.
struct InlineeWork {
    uint32_t callee = 0;  // as in CallFunction
    passes::Numbering numbering;
    bytecode::Code code;
    frontend::Input building;  // but for the code
    passes::CodeFacts facts;   // but for what is numbered together with the caller's
};

/// What becomes machine code: the function, or its body without a frame.
struct CompiledMethod {
    lower::Lowered lowered;
    cil::Encoded encoded;
    std::optional<clr::GeneratedCode> generated;
};

struct CompileJob final : BackgroundWork {
    explicit CompileJob(clr::Compiler& backEnd) : compiler(backEnd) {}

    void run() noexcept override;
    /// The HIR as it would be lowered; empty when the code cannot be compiled.
    std::string text();

    // What is to be done.
    clr::Compiler& compiler;
    Dumps dumps;
    bool verify = false;
    bool runsPasses = false;
    bool keepsText = false;  // of the HIR that is lowered
    bytecode::Code code;     // its code object may be gone
    bytecode::AssignedLocals assigned;
    frontend::Input building;           // but for the code
    passes::PassContext context;        // facts, fuel, passes that are left out
    std::vector<InlineeWork> inlinees;  // behind those that they call
    std::optional<InlineeWork> self;    // the function once more, if it calls itself
    lower::Input lowering;              // but for the function and the bounds
    clr::CompileOptions options;
    size_t mostCil = SIZE_MAX;  // bytes, of what is given to RyuJIT

    // What has come of it. All is there if this says `Compiled`.
    Outcome outcome;
    uint32_t unconditionalExits = 0;
    std::string keptText;
    uint32_t ilBlocks = 0;
    std::vector<uint16_t> resumePoints;  // these two as CompiledCode has them
    std::vector<uint32_t> boundLocals;
    CompiledMethod method;
    std::optional<CompiledMethod> selfMethod;  // if anything enters it
    double milliseconds = 0;                   // of processor time
    double backEndMilliseconds = 0;            // of them, in RyuJIT

  private:
    Outcome runStages();
    Outcome buildFunction();
    void prepareInlinees();
    void makeInlinee(InlineeWork& work, passes::CodeFacts facts, std::optional<uint32_t> ownNumber = std::nullopt);
    void makeSelfBody();
    std::optional<std::string> makeSelfBody(bool returnsNumber);
    passes::PassContext contextOf(passes::CodeFacts facts) const;
    Outcome optimise();
    void addInlinedBounds(const hir::Function& function, std::vector<lower::InstructionBounds>& bounds) const;
    Outcome lower(const hir::Function& function, const lower::Input& input, CompiledMethod& made) const;
    Outcome lowerFunction();
    Outcome lowerSelfBody();
    void numberResumePoints();
    Outcome encode();
    Outcome encode(CompiledMethod& made) const;
    void dropWhatIsEncoded();
    Outcome generate();
    Outcome generate(CompiledMethod& made);
    Outcome broken(const std::string& stage, const std::string& report) const {
        return internalError(dumps, stage, report);
    }

    hir::Function function_;
    std::optional<hir::Function> selfFunction_;
};

}  // namespace pyjion::driver
