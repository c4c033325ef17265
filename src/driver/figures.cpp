// SPDX-License-Identifier: MIT
#include "driver/figures.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

#include "clr/compiler.h"
#include "deopt/leave.h"
#include "driver/options.h"
#include "driver/registry.h"
#include "driver/statistics.h"
#include "replay/replay.h"

namespace pyjion::driver {

namespace {

uint64_t activations() {
    uint64_t sum = statistics().activations;
    forEachRecord([&sum](const CodeRecord& record) { sum += activationsOf(record); });
    return sum;
}

std::vector<uint64_t> exits() {
    std::vector<uint64_t> sums = statistics().exits;
    forEachRecord([&sums](const CodeRecord& record) { addExits(record, sums); });
    return sums;
}

}  // namespace

std::vector<Figure> figures() {
    const Statistics& all = statistics();
    Figure::Named exitsByName;
    const std::vector<uint64_t> counts = exits();
    for (size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0) {
            exitsByName.emplace_back(deopt::info(static_cast<deopt::Reason>(i)).name, counts[i]);
        }
    }
    const clr::CompileCounters back = clr::compileCounters();
    return {
        {"pid", static_cast<uint64_t>(getpid())},
        {"compiled", all.compiled},
        {"compiled_full", all.fullCompiled},
        {"compiled_loops", all.loopsCompiled},
        {"background_compiles", all.backgroundCompiles},
        {"takeovers", all.takeovers},
        {"refused", all.refused},
        {"activations", activations()},
        {"interpreted_ends", deopt::interpretedEnds},
        {"exits", std::move(exitsByName)},
        {"code_bytes", all.codeBytes},
        {"compile_ms", all.compileMilliseconds},
        {"back_end_ms", all.backEndMilliseconds},
        {"compile_pauses", all.pauses.count()},
        {"compile_pause_p99_ms", all.pauses.quantile(0.99)},
        {"compile_pause_largest_ms", all.pauses.largest()},
        {"internal_errors", all.internalErrors},
        {"replayed", replay::counts.exact + replay::counts.wrong},
        {"not_replayed", replay::counts.lost},
        {"unrequested_minopts", back.unrequestedMinOpts},
        {"back_end_errors", back.backEndErrors},
    };
}

namespace {

struct JsonValue {
    std::string operator()(uint64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{:.3f}", value); }
    std::string operator()(const Figure::Named& values) const {
        std::string text;
        for (const auto& [name, value] : values) {
            text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", name, value);
        }
        return "{" + text + "}";
    }
};

std::string json() {
    std::string text;
    for (const Figure& figure : figures()) {
        text +=
            fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", figure.name, std::visit(JsonValue(), figure.value));
    }
    return "{" + text + "}";
}

/// One write of one line to a file opened for appending: lines of processes that end together do not mix. The errno of
/// what failed, or 0.
int appendLine(const char* path, std::string line) {
    line += '\n';
    std::FILE* file = std::fopen(path, "a");
    if (file == nullptr) {
        return errno;
    }
    const bool written = std::fwrite(line.data(), 1, line.size(), file) == line.size();
    const int error = errno;
    return std::fclose(file) != 0 ? errno : written ? 0 : error;
}

}  // namespace

void writeStatistics() {
    const std::string& path = options().stats_file;
    if (path.empty()) {
        return;
    }
    int error = ENOMEM;
    try {
        error = appendLine(path.c_str(), json());
    } catch (const std::bad_alloc&) {
    }
    if (error != 0) {
        std::fprintf(stderr, "pyjion: statistics cannot be written to %s: %s\n", path.c_str(), std::strerror(error));
    }
}

}  // namespace pyjion::driver
