// SPDX-License-Identifier: MIT
// Why a method could not be compiled to machine code.
#pragma once

#include <cstdint>
#include <string>

namespace pyjion::clr {

enum class CompileErrorKind : uint8_t {
    BadIl,               // the JIT says that the CIL is invalid
    UnexpectedQuestion,  // the JIT asked something that we have no answer for
    MissingHelper,       // the code needs a function of the runtime that we do not have
    FrameTooLarge,
    AbsoluteAddress,  // the code could not be moved
    OutOfMemory,
    CodeMemoryFull,    // the limit on machine code
    ExecutionRefused,  // the system does not let this process have executable memory (any more)
    BackEndFailed,     // any other failure inside the JIT
};

struct CompileError {
    CompileErrorKind kind;
    std::string message;
};

}  // namespace pyjion::clr
