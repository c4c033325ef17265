// SPDX-License-Identifier: MIT
// What a compilation comes to, and what is printed of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "clr/compile_error.h"
#include "driver/code_record.h"

namespace pyjion::driver {

struct Outcome {
    enum class Kind : uint8_t {
        Compiled,
        Begun,             // RyuJIT works on it in the background
        Refused,           // this cannot be compiled: trying again would end in the same way
        NoMemory,          // of whatever kind: later there may be some
        OutOfDate,         // what it was compiled for has changed meanwhile
        ExecutionRefused,  // nothing can be compiled in this process any more
    };
    Kind kind = Kind::Compiled;
    Refusal refusal;
    bool isInternalError = false;

    bool compiled() const { return kind == Kind::Compiled; }
};

/// The code as it is cannot be compiled.
Outcome refuse(std::string reason, int32_t line);
/// Takes none itself.
Outcome noMemory();

/// What the option `dump` asks for, of the compilation of one function.
struct Dumps {
    std::string function;
    std::string kinds;  // the option's value

    bool wants(std::string_view kind) const;
    void print(std::string_view what, std::string_view kind, const std::string& text) const;
};

/// One of our own stages broke a rule: a bug, counted; the code stays interpreted.
Outcome internalError(const Dumps& dumps, const std::string& stage, const std::string& report);

/// What a failure of the back end means.
Outcome failureOf(const Dumps& dumps, const clr::CompileError& error);

}  // namespace pyjion::driver
