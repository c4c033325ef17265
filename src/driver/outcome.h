// SPDX-License-Identifier: MIT
// What a compilation comes to, and what is printed of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

    bool compiled() const { return kind == Kind::Compiled; }
};

/// The code as it is cannot be compiled.
Outcome refuse(std::string reason, int32_t line);

/// One of our own stages broke a rule: a bug, counted; the code stays interpreted.
Outcome internalError(std::string_view function, const std::string& stage, const std::string& report);

/// Whether the option `dump` asks for this kind.
bool isDumped(std::string_view kind);
void dump(std::string_view function, std::string_view what, std::string_view kind, const std::string& text);

}  // namespace pyjion::driver
