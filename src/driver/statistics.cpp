// SPDX-License-Identifier: MIT
#include "driver/statistics.h"

#include <algorithm>
#include <cmath>

#include "driver/code_record.h"
#include "python/attention.h"

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
    codeBytes += code.codeBytes();
    backEndMilliseconds += code.backEndMilliseconds;
}

void addExits(const CodeRecord& record, std::vector<uint64_t>& sums) {
    record.forEachCode([&sums](const CompiledCode& code) {
        code.forEachExit([&sums](const deopt::Exit& exit) { sums[static_cast<size_t>(exit.reason)] += exit.count; });
    });
}

uint64_t activationsOf(const CodeRecord& record) {
    return record.runCount - record.interpretedRuns + record.inlinedRuns;
}

void Statistics::forget(const CodeRecord& record) {
    activations += activationsOf(record);
    addExits(record, exits);
    if (!python::isFinalizing()) {
        record.forEachCode([this](const CompiledCode& code) { codeBytes -= code.codeBytes(); });
    }
}

}  // namespace pyjion::driver
