// SPDX-License-Identifier: MIT
#include "driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <span>

#include "driver/places.h"
#include "passes/pass.h"

namespace pyjion::driver {

namespace {

std::optional<uint64_t> parseWhole(std::string_view text) {
    uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// One overload pair per kind of option: text -> value, value -> text.

struct Count {
    static constexpr auto kKind = OptionInfo::Kind::Number;
    static std::optional<uint64_t> parse(std::string_view text) { return parseWhole(text); }
    static std::string print(uint64_t value) { return fmt::format("{}", value); }
};

struct CountOrUnlimited {
    static constexpr auto kKind = OptionInfo::Kind::Number;
    static std::optional<uint64_t> parse(std::string_view text) {
        return text == "unlimited" ? std::optional<uint64_t>(UINT64_MAX) : parseWhole(text);
    }
    static std::string print(uint64_t value) { return value == UINT64_MAX ? "unlimited" : fmt::format("{}", value); }
};

struct CountOrInf {
    static constexpr auto kKind = OptionInfo::Kind::Number;
    static std::optional<double> parse(std::string_view text) {
        if (text == "inf") {
            return std::numeric_limits<double>::infinity();
        }
        double value = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || error != std::errc() || end != text.data() + text.size() || !(value >= 0)) {
            return std::nullopt;
        }
        return value;
    }
    static std::string print(double value) { return fmt::format("{}", value); }
};

struct Bytes {
    static constexpr auto kKind = OptionInfo::Kind::Number;
    static std::optional<uint64_t> parse(std::string_view text) {
        int shift = 0;
        if (!text.empty()) {
            switch (text.back()) {
                case 'k':
                case 'K':
                    shift = 10;
                    break;
                case 'm':
                case 'M':
                    shift = 20;
                    break;
                case 'g':
                case 'G':
                    shift = 30;
                    break;
                default:
                    break;
            }
        }
        std::optional<uint64_t> value = parseWhole(shift ? text.substr(0, text.size() - 1) : text);
        if (!value || *value > (UINT64_MAX >> shift)) {
            return std::nullopt;
        }
        return *value << shift;
    }
    static std::string print(uint64_t value) { return fmt::format("{}", value); }
};

struct Switch {
    static constexpr auto kKind = OptionInfo::Kind::Flag;
    static std::optional<bool> parse(std::string_view text) {
        if (text == "1" || text == "True" || text == "true") {
            return true;
        }
        if (text == "0" || text == "False" || text == "false") {
            return false;
        }
        return std::nullopt;
    }
    static std::string print(bool value) { return value ? "1" : "0"; }
};

/// A switch with more than one way of being on.
struct Level {
    static constexpr auto kKind = OptionInfo::Kind::Number;
    static std::optional<uint64_t> parse(std::string_view text) {
        if (std::optional<bool> on = Switch::parse(text)) {
            return *on ? 1 : 0;
        }
        return text == "2" ? std::optional<uint64_t>(2) : std::nullopt;
    }
    static std::string print(uint64_t value) { return fmt::format("{}", value); }
};

struct Text {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<std::string> parse(std::string_view text) { return std::string(text); }
    static std::string print(const std::string& value) { return value; }
};

struct NamePattern {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<std::string> parse(std::string_view text) {
        const bool isList = hasBlank(text) || text.find(',') != std::string_view::npos;
        return isList ? std::nullopt : std::optional<std::string>(text);
    }
    static std::string print(const std::string& value) { return value; }
};

struct PlaceList {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<std::string> parse(std::string_view text) {
        return parsePlaces(text) ? std::optional<std::string>(text) : std::nullopt;
    }
    static std::string print(const std::string& value) { return value; }
};

struct OsrMode {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<Osr> parse(std::string_view text) {
        if (text == "on") {
            return Osr{};
        }
        if (text == "off") {
            return Osr{Osr::Mode::Off, 1};
        }
        constexpr std::string_view kEvery = "every:";
        if (text.starts_with(kEvery)) {
            std::optional<uint64_t> every = parseWhole(text.substr(kEvery.size()));
            if (every && *every > 0) {
                return Osr{Osr::Mode::Every, *every};
            }
        }
        return std::nullopt;
    }
    static std::string print(const Osr& value) {
        switch (value.mode) {
            case Osr::Mode::On:
                return "on";
            case Osr::Mode::Off:
                return "off";
            case Osr::Mode::Every:
                break;
        }
        return fmt::format("every:{}", value.every);
    }
};

struct CompileModeName {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<CompileMode> parse(std::string_view text) {
        for (CompileMode mode : {CompileMode::Sync, CompileMode::Background}) {
            if (text == print(mode)) {
                return mode;
            }
        }
        return std::nullopt;
    }
    static std::string print(CompileMode value) { return value == CompileMode::Sync ? "sync" : "background"; }
};

struct StressFlag {
    std::string_view name;
    bool Stress::*member;
};
constexpr std::array kStressFlags{
    StressFlag{"compile-all", &Stress::compileAll},
    StressFlag{"no-passes", &Stress::noPasses},
    StressFlag{"spill-all", &Stress::spillAll},
    StressFlag{"tiny-code", &Stress::tinyCode},
    StressFlag{"gc", &Stress::gc},
    StressFlag{"trampolines", &Stress::trampolines},
};

struct StressCount {
    std::string_view name;
    uint64_t Stress::*member;
};
constexpr std::array kStressCounts{
    StressCount{"exit-every=", &Stress::exitEvery},
    StressCount{"exit-after=", &Stress::exitAfter},
};

const StressCount* countOf(std::string_view part) {
    auto row = std::find_if(kStressCounts.begin(), kStressCounts.end(),
                            [&](const StressCount& count) { return part.starts_with(count.name); });
    return row != kStressCounts.end() ? row : nullptr;
}

struct StressList {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<Stress> parse(std::string_view text) {
        Stress stress;
        for (std::string_view part : splitList(text)) {
            constexpr std::string_view kRandom = "exit-random=";
            auto flag = std::find_if(kStressFlags.begin(), kStressFlags.end(),
                                     [&](const StressFlag& row) { return row.name == part; });
            if (flag != kStressFlags.end()) {
                stress.*(flag->member) = true;
            } else if (const StressCount* row = countOf(part)) {
                std::optional<uint64_t> count = parseWhole(part.substr(row->name.size()));
                if (!count || *count == 0) {
                    return std::nullopt;
                }
                stress.*(row->member) = *count;
            } else if (part.starts_with(kRandom)) {
                stress.exitRandom = parseWhole(part.substr(kRandom.size()));
                if (!stress.exitRandom) {
                    return std::nullopt;
                }
            } else {
                return std::nullopt;
            }
        }
        return stress;
    }
    static std::string print(const Stress& value) {
        std::string text;
        auto add = [&](std::string_view part) {
            text += text.empty() ? "" : ",";
            text += part;
        };
        for (const StressFlag& flag : kStressFlags) {
            if (value.*(flag.member)) {
                add(flag.name);
            }
        }
        for (const StressCount& row : kStressCounts) {
            if (value.*(row.member) != 0) {
                add(fmt::format("{}{}", row.name, value.*(row.member)));
            }
        }
        if (value.exitRandom) {
            add(fmt::format("exit-random={}", *value.exitRandom));
        }
        return text;
    }
};

template <typename Allowed>
std::optional<std::string> parseWords(std::string_view text, Allowed allowed) {
    std::string list;
    for (std::string_view part : splitList(text)) {
        if (!allowed(part)) {
            return std::nullopt;
        }
        list += list.empty() ? "" : ",";
        list += part;
    }
    return list;
}

struct DumpList {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<std::string> parse(std::string_view text) {
        static constexpr std::array<std::string_view, 8> kKinds{"errors", "bytecode", "hir",   "passes",
                                                                "cil",    "asm",      "exits", "timings"};
        return parseWords(
            text, [](std::string_view part) { return std::find(kKinds.begin(), kKinds.end(), part) != kKinds.end(); });
    }
    static std::string print(const std::string& value) { return value; }
};

struct PassList {
    static constexpr auto kKind = OptionInfo::Kind::Text;
    static std::optional<std::string> parse(std::string_view text) {
        return parseWords(text, [](std::string_view part) { return passes::findPass(part).has_value(); });
    }
    static std::string print(const std::string& value) { return value; }
};

/// What disable_passes may name.
const char* listOfPasses() {
    static const std::string text = [] {
        std::string names;
        const std::span<const passes::PassInfo> all = passes::allPasses();
        for (const passes::PassInfo& pass : all) {
            names += names.empty() ? "" : &pass == &all.back() ? " and " : ", ";
            names += pass.name;
        }
        return "a comma list of " + names;
    }();
    return text.c_str();
}

}  // namespace

Options& options() {
    static Options instance;
    return instance;
}

const std::vector<OptionInfo>& optionInfos() {
    static const std::vector<OptionInfo> infos{
#define OPTION(name, type, parser, fallback, allowed, help) OptionInfo{#name, parser::kKind, allowed, help},
#include "driver/options.def"
#undef OPTION
    };
    return infos;
}

base::Result<bool, std::string> setOption(Options& target, std::string_view name, std::string_view text) {
#define OPTION(option, type, parser, fallback, allowed, help)                                              \
    if (name == #option) {                                                                                 \
        std::optional<type> value = parser::parse(text);                                                   \
        if (!value) {                                                                                      \
            return base::fail(fmt::format("pyjion: option {} must be {}, not '{}'", name, allowed, text)); \
        }                                                                                                  \
        target.option = *value;                                                                            \
        return true;                                                                                       \
    }
#include "driver/options.def"
#undef OPTION
    std::string known;
    for (const OptionInfo& info : optionInfos()) {
        known += known.empty() ? "" : ", ";
        known += info.name;
    }
    return base::fail(fmt::format("pyjion: unknown option '{}'; options are {}", name, known));
}

std::string optionText(const Options& source, std::string_view name) {
#define OPTION(option, type, parser, fallback, allowed, help) \
    if (name == #option) {                                    \
        return parser::print(source.option);                  \
    }
#include "driver/options.def"
#undef OPTION
    return {};
}

}  // namespace pyjion::driver
