// SPDX-License-Identifier: MIT
#include "driver/statistics.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <new>

#include "clr/compiler.h"
#include "deopt/leave.h"
#include "driver/code_record.h"
#include "driver/options.h"
#include "python/attention.h"
#include "replay/replay.h"

namespace pyjion::driver {

Statistics& statistics() {
    static auto* instance = new Statistics;  // outlives every code object
    return *instance;
}

void Pauses::add(double milliseconds) {
    count_++;
    largest_ = std::max(largest_, milliseconds);
    const double step = std::log2(std::max(milliseconds * 1000, 1.0)) * kSteps;
    counts_[std::min(static_cast<size_t>(step), counts_.size() - 1)]++;
}

double Pauses::quantile(double part) const {
    const double wanted = part * static_cast<double>(count_);
    double passed = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
        passed += counts_[i];
        if (passed >= wanted) {
            return std::min(std::exp2(static_cast<double>(i + 1) / kSteps) / 1000, largest_);
        }
    }
    return largest_;
}

void Statistics::count(const CompiledCode& code) {
    compiled++;
    fullCompiled += code.tier == Tier::Full && code.entryIndex == 0;
    loopsCompiled += code.entryIndex != 0;
    codeBytes += code.native->description().codeSize;
    compileMilliseconds += code.milliseconds;
    backEndMilliseconds += code.backEndMilliseconds;
}

namespace {

void addExits(const CodeRecord& record, std::vector<uint64_t>& sums) {
    record.forEachCode([&sums](const CompiledCode& code) {
        for (const deopt::Exit& exit : code.exits.exits) {
            sums[static_cast<size_t>(exit.reason)] += exit.count;
        }
    });
}

uint64_t activationsOf(const CodeRecord& record) {
    return record.runCount - record.interpretedRuns + record.inlinedRuns;
}

}  // namespace

void Statistics::forget(const CodeRecord& record) {
    activations_ += activationsOf(record);
    addExits(record, exits_);
    if (!python::isFinalizing()) {
        record.forEachCode([this](const CompiledCode& code) { codeBytes -= code.native->description().codeSize; });
    }
}

uint64_t Statistics::activations() const {
    uint64_t sum = activations_;
    forEachRecord([&sum](const CodeRecord& record) { sum += activationsOf(record); });
    return sum;
}

std::vector<uint64_t> Statistics::exits() const {
    std::vector<uint64_t> sums = exits_;
    forEachRecord([&sums](const CodeRecord& record) { addExits(record, sums); });
    return sums;
}

std::vector<Figure> Statistics::figures() const {
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
        {"compiled", compiled},
        {"compiled_full", fullCompiled},
        {"compiled_loops", loopsCompiled},
        {"background_compiles", backgroundCompiles},
        {"takeovers", takeovers},
        {"refused", refused},
        {"activations", activations()},
        {"interpreted_ends", deopt::interpretedEnds},
        {"exits", std::move(exitsByName)},
        {"code_bytes", codeBytes},
        {"compile_ms", compileMilliseconds},
        {"back_end_ms", backEndMilliseconds},
        {"compile_pauses", pauses.count()},
        {"compile_pause_p99_ms", pauses.quantile(0.99)},
        {"compile_pause_largest_ms", pauses.largest()},
        {"internal_errors", internalErrors},
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

}  // namespace

std::string Statistics::json() const {
    std::string text;
    for (const Figure& figure : figures()) {
        text +=
            fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", figure.name, std::visit(JsonValue(), figure.value));
    }
    return "{" + text + "}";
}

namespace {

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
        error = appendLine(path.c_str(), statistics().json());
    } catch (const std::bad_alloc&) {
    }
    if (error != 0) {
        std::fprintf(stderr, "pyjion: statistics cannot be written to %s: %s\n", path.c_str(), std::strerror(error));
    }
}

}  // namespace pyjion::driver
