// SPDX-License-Identifier: MIT
#include "driver/environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace pyjion::driver {
namespace {

constexpr std::string_view kPrefix = "PYJION_";
/// Says from outside whether the JIT is switched on: "1" and "auto" are for the package's pyjion.pth, "0" for enable().
constexpr const char* kEnable = "PYJION_ENABLE";
/// Names the back end; read when that is loaded.
constexpr const char* kLibrary = "PYJION_CLRJIT";

std::string variableOf(const OptionInfo& info) {
    std::string variable(kPrefix);
    for (const char* c = info.name; *c != 0; ++c) {
        variable += static_cast<char>(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    return variable;
}

void addLine(std::string& lines, const std::string& line) {
    lines += lines.empty() ? "" : "\n";
    lines += line;
}

void readSwitch(Environment& result) {
    const char* text = std::getenv(kEnable);
    const std::string_view value = text != nullptr ? text : "";
    result.keepsOff = value == "0";
    if (!value.empty() && value != "0" && value != "1" && value != "auto") {
        addLine(result.badValues,
                fmt::format("pyjion: the environment variable {} must be 0, 1 or auto, not '{}'", kEnable, value));
    }
}

/// Most are slips of the pen for one that exists.
void findUnknown(const std::vector<std::string>& known, Environment& result) {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::string_view name = text.substr(0, text.find('='));
        if (name.starts_with(kPrefix) && std::find(known.begin(), known.end(), name) == known.end()) {
            addLine(result.unknownNames,
                    fmt::format("pyjion: unknown environment variable {}; known are {}", name, fmt::join(known, ", ")));
        }
    }
}

}  // namespace

Environment readEnvironment(Options& target) {
    Environment result;
    std::vector<std::string> known{kEnable, kLibrary};
    readSwitch(result);
    for (const OptionInfo& info : optionInfos()) {
        const std::string& variable = known.emplace_back(variableOf(info));
        const char* text = std::getenv(variable.c_str());
        if (text == nullptr) {
            continue;
        }
        if (auto set = setOption(target, info.name, text); !set.ok()) {
            addLine(result.badValues, fmt::format("{} (from the environment variable {})", set.error(), variable));
        }
    }
    findUnknown(known, result);
    return result;
}

}  // namespace pyjion::driver
