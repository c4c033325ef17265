// SPDX-License-Identifier: MIT
// CIL in, machine code in executable memory out. Every failure is a value; none ends the process, and the JIT stays
// usable after each.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "cil/body.h"
#include "cil/encode.h"
#include "clr/code_memory.h"
#include "clr/compilation.h"
#include "clr/library.h"
#include "clr/native_code.h"

namespace pyjion::clr {

/// Sums over the process.
struct CompileCounters {
    uint64_t compiles = 0;  // successful ones
    uint64_t failures = 0;
    uint64_t unrequestedMinOpts = 0;  // optimised code was asked for, the JIT gave MinOpts
    uint64_t backEndErrors = 0;       // errors inside the JIT, including those that it got over
    uint64_t nanoseconds = 0;         // inside generate()
};

CompileCounters compileCounters();

/// Machine code that is not in executable memory yet, and the words of whose pool are not bound. Plain data: any thread
/// may have made it.
struct GeneratedCode {
    ScratchImage image;
    std::shared_ptr<const CodeDescription> description;
};

class Compiler {
  public:
    /// Larger frames are refused: nothing in the code checks the stack for so much.
    static constexpr uint32_t kMaxFrameBytes = 64 * 1024;

    explicit Compiler(Library& library, CodeMemory& memory = CodeMemory::instance())
        : library_(library), memory_(memory) {}

    /// What RyuJIT does. Needs no GIL; several threads may do it at a time.
    base::Result<GeneratedCode, CompileError> generate(const cil::Body& body, const cil::Encoded& encoded,
                                                       const CompileOptions& options = {});
    base::Result<GeneratedCode, CompileError> generate(const MethodSource& source, const CompileOptions& options = {});

    /// Copies the code into executable memory. `poolValues` are the words of the body's pool entries, in their order.
    /// Needs the GIL: nobody may run code of the page that is written.
    base::Result<std::unique_ptr<NativeCode>, CompileError> place(GeneratedCode& code,
                                                                  std::span<const uint64_t> poolValues);

    /// Both.
    base::Result<std::unique_ptr<NativeCode>, CompileError> compile(const cil::Body& body, const cil::Encoded& encoded,
                                                                    std::span<const uint64_t> poolValues,
                                                                    const CompileOptions& options = {});
    base::Result<std::unique_ptr<NativeCode>, CompileError> compile(const MethodSource& source,
                                                                    std::span<const uint64_t> poolValues,
                                                                    const CompileOptions& options = {});

  private:
    Library& library_;
    CodeMemory& memory_;
};

}  // namespace pyjion::clr
