// SPDX-License-Identifier: MIT
#include "oracle/run_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "oracle/object.h"

namespace pyjion::oracle {

namespace {

/// Runs are left at so many of their checks, one after the other.
constexpr uint64_t kChecksLeft = 40;

/// Splits at separators that are not inside parentheses.
std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    int depth = 0;
    std::string part;
    for (char c : text) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == separator && depth == 0) {
            parts.push_back(std::exchange(part, ""));
        } else if (c != ' ' || !part.empty()) {
            part += c;
        }
    }
    if (!part.empty()) {
        parts.push_back(part);
    }
    return parts;
}

std::string textOf(const Entry& entry) {
    return fmt::format("({}{}{})", fmt::join(entry.locals, ", "), entry.stack.empty() ? "" : "; ",
                       fmt::join(entry.stack, ", "));
}

bool readRun(const std::string& text, RunLines& lines) {
    const size_t equals = text.find(" == ");
    std::optional<Entry> entry = parseEntry(text.substr(0, equals));
    if (!entry || equals == std::string::npos) {
        return false;
    }
    RunLine line;
    line.entry = *entry;
    line.text = textOf(*entry);
    line.expected = text.substr(equals + 4);
    const size_t bar = line.expected.find(" | ");
    if (bar != std::string::npos) {
        line.instead = line.expected.substr(bar + 3);
        line.expected.resize(bar);
    }
    lines.runs.push_back(std::move(line));
    return true;
}

/// Adds every combination of the values of these classes.
bool readSweep(const std::string& text, RunLines& lines) {
    std::vector<Entry> entries(1);
    std::istringstream names(text);
    for (std::string name; names >> name;) {
        const std::vector<std::string>& values = valuesAround(name);
        if (values.empty()) {
            return false;
        }
        std::vector<Entry> longer;
        for (const Entry& entry : entries) {
            for (const std::string& value : values) {
                longer.push_back(entry);
                longer.back().locals.push_back(value);
            }
        }
        entries = std::move(longer);
    }
    for (Entry& entry : entries) {
        RunLine line;
        line.text = textOf(entry);
        line.entry = std::move(entry);
        line.swept = true;
        lines.runs.push_back(std::move(line));
    }
    return true;
}

std::vector<std::string> intsAround() {
    std::vector<std::string> values{"0", "1", "-1", "2", "-2", "3", "-3", "7", "-7", "10", "64"};
    for (int bits : {30, 31, 52, 53, 54, 61, 62, 63}) {
        for (std::string_view sign : {"", "-"}) {
            for (std::string_view delta : {"-1", "", "+1"}) {
                values.push_back(fmt::format("{}2^{}{}", sign, bits, delta));
            }
        }
    }
    values.push_back("3037000499");  // its square is the last below 2^63
    values.push_back("2147483647");
    values.push_back("2^70");
    return values;
}

struct Class {
    std::string_view name;
    std::vector<std::string> values;
};

const std::vector<Class>& classes() {
    static const std::vector<Class> all = {
        {"ints", intsAround()},
        {"floats",
         {"0.0",
          "-0.0",
          "1.0",
          "-1.0",
          "0.5",
          "-2.5",
          "7.0",
          "-3.0",
          "1e16",
          "9007199254740992.0",
          "9007199254740993.0",
          "-9007199254740992.0",
          "1e300",
          "-1e300",
          "1.7976931348623157e308",
          "5e-324",
          "-5e-324",
          "2.2250738585072014e-308",
          "1e-310",
          "inf",
          "-inf",
          "nan",
          "4.611686018427388e18",
          "9.223372036854775807e18"}},
        {"bools", {"True", "False"}},
        {"numbers",
         {"0", "-1", "3", "2^53+1", "2^62", "-2^62", "2.5", "-0.0", "nan", "inf", "9007199254740992.0", "True", "False",
          "None", "\"text\"", "<thing>"}},
        {"edges", {"0", "3", "-3", "2^61", "-2^61", "2^62-1", "-2^62", "2^62"}},
        {"small", {"0", "1", "-1", "2", "5", "-5", "12"}},
    };
    return all;
}

/// The frame at a failed guess is one that the definition passes through.
bool passesThrough(const Outcome& definition, const Outcome& other) {
    return other.isExit() &&
           std::find(definition.states.begin(), definition.states.end(), other.state()) != definition.states.end();
}

/// Left at its checks, one after the other, `after` hands over the frame that `before` does.
std::string differenceAtChecks(const hir::Function& before, const hir::Function& after, const Code& code,
                               const RunLine& line, const Outcome& whole) {
    for (uint64_t check = 1; check <= std::min(whole.checks, kChecksLeft); ++check) {
        const RunOptions options{.leaveAtCheck = check};
        const Outcome wanted = interpret(before, code, line.entry, options);
        const Outcome got = interpret(after, code, line.entry, options);
        if (got.text != wanted.text && !passesThrough(whole, got)) {
            return fmt::format("{}, left at check {}: {}\n  as written: {}", line.text, check, got.text, wanted.text);
        }
    }
    return "";
}

}  // namespace

const std::vector<std::string>& valuesAround(std::string_view name) {
    static const std::vector<std::string> none;
    for (const Class& row : classes()) {
        if (row.name == name) {
            return row.values;
        }
    }
    return none;
}

std::optional<Entry> parseEntry(std::string_view text) {
    if (!text.starts_with("(") || !text.ends_with(")")) {
        return std::nullopt;
    }
    text = text.substr(1, text.size() - 2);
    std::vector<std::string> halves = split(text, ';');
    Entry entry;
    if (halves.size() > 2) {
        return std::nullopt;
    }
    // Nothing but a stack: the first half is empty.
    if (!halves.empty() && !text.starts_with(";")) {
        entry.locals = split(halves[0], ',');
        halves.erase(halves.begin());
    }
    if (!halves.empty()) {
        entry.stack = split(halves.back(), ',');
    }
    return entry;
}

RunLines readRunLines(std::string_view text) {
    constexpr std::string_view kRun = "; run: ";
    constexpr std::string_view kSweep = "; sweep: ";
    RunLines lines;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        const bool isRun = line.starts_with(kRun);
        const bool isSweep = line.starts_with(kSweep);
        const bool good = isRun     ? readRun(line.substr(kRun.size()), lines)
                          : isSweep ? readSweep(line.substr(kSweep.size()), lines)
                                    : true;
        if (!good) {
            lines.problem = "cannot read '" + line + "'";
        }
    }
    return lines;
}

Comparison compareRuns(const hir::Function& before, const hir::Function& after, const Code& code, const RunLine& line) {
    const Outcome wanted = interpret(before, code, line.entry, {.traces = true});
    if (!line.swept && wanted.text != line.expected) {
        return {fmt::format("{} as written: {}\n  expected: {}", line.text, wanted.text, line.expected)};
    }
    const bool isBroken = wanted.text.starts_with("broken");
    if (isBroken || wanted.text.starts_with("not modelled")) {
        const bool isError = isBroken || !line.swept;
        return {isError ? fmt::format("{} as written: {}", line.text, wanted.text) : "", false};
    }
    const Outcome got = interpret(after, code, line.entry);
    const bool same = wanted.allows(got.text);
    const bool leaves = !same && passesThrough(wanted, got);
    const bool good = line.swept ? same || leaves : line.instead ? leaves && got.text == *line.instead : same;
    if (!good) {
        return {
            fmt::format("{} afterwards: {}\n  as written: {}{}", line.text, got.text, wanted.text,
                        leaves ? "\n  (left where the function as written passes through, which no line says)" : "")};
    }
    return {differenceAtChecks(before, after, code, line, wanted)};
}

}  // namespace pyjion::oracle
