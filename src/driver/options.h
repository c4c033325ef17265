// SPDX-License-Identifier: MIT
// The options of the process, parsed from text: environment variables and pyjion.config() share one parser per kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pyjion::driver {

struct Osr {
    enum class Mode : uint8_t { On, Off, Every } mode = Mode::On;
    uint64_t every = 1;
};

enum class CompileMode : uint8_t { Sync, Background };

struct Stress {
    bool compileAll = false;
    uint64_t exitEvery = 0;  // 0: off
    uint64_t exitAfter = 0;  // 0: off
    std::optional<uint64_t> exitRandom;
    bool noPasses = false;
    bool spillAll = false;
    bool tinyCode = false;
    bool gc = false;
    bool trampolines = false;  // calls come by the evaluator and by trampolines in turn
    bool operator==(const Stress&) const = default;
    bool forcesExits() const { return exitEvery != 0 || exitAfter != 0 || exitRandom.has_value(); }
};

struct Options {
#define OPTION(name, type, parser, fallback, allowed, help) type name = fallback;
#include "driver/options.def"
#undef OPTION
};

/// The value of the option `verify` from which on exits are checked too.
inline constexpr uint64_t kReplays = 2;

/// The options in force. Written only under the GIL.
Options& options();

/// What documentation, config() and error messages need to know about an option.
struct OptionInfo {
    enum class Kind : uint8_t { Number, Flag, Text };
    const char* name;
    Kind kind;  // what config() returns
    const char* allowed;
    const char* help;
};
const std::vector<OptionInfo>& optionInfos();

/// Sets an option from text. The error is a whole sentence: what is wrong and what is allowed.
base::Result<bool, std::string> setOption(Options& target, std::string_view name, std::string_view text);

/// The value of an option as text that setOption reads back.
std::string optionText(const Options& source, std::string_view name);

}  // namespace pyjion::driver
