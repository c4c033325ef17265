// SPDX-License-Identifier: MIT
// What happens to code, for the log (option `log`). Noted at any point of the JIT's own work, where no Python code may
// run; handed out as plain data when somebody who may run Python asks for it. Needs the GIL.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "driver/code_record.h"

namespace pyjion::driver {

struct Event {
    enum class Kind : uint8_t { Compiled, Refused, GivenUp, Exit, InternalError };

    Kind kind = Kind::Compiled;
    std::string function;
    std::string filename;
    int32_t line = 0;  // that it is about, or the function's first
    std::string text;
};
const char* name(Event::Kind kind);

/// Nothing happens while the option is off, or there is no memory for it. `line` 0: that of the function.
void note(Event::Kind kind, const CodeRecord& record, int32_t line, std::string text);
void noteCompiled(const CompiledCode& code);
/// Compiled code was left: the first time, the second, the fourth, the eighth, ... that it was left there.
void noteExit(const CompiledCode& code, const deopt::Exit& exit);

/// All that has been noted since the last time, and how many there was no room for.
std::vector<Event> takeEvents(uint64_t& lost);

/// Called when there is something to be taken, not again before that was taken.
void setEventListener(void (*listener)());

}  // namespace pyjion::driver
