// SPDX-License-Identifier: MIT
#include "driver/install.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "cil/print.h"
#include "clr/compiler.h"
#include "clr/disassemble.h"
#include "driver/back_end_job.h"
#include "driver/clock.h"
#include "driver/engine.h"
#include "driver/statistics.h"
#include "python/names.h"

namespace pyjion::driver {

namespace {

Outcome failureOf(std::string_view function, const clr::CompileError& error) {
    switch (error.kind) {
        case clr::CompileErrorKind::OutOfMemory:
            return {Outcome::Kind::NoMemory, Refusal(error.message)};
        case clr::CompileErrorKind::ExecutionRefused:
            return {Outcome::Kind::ExecutionRefused, Refusal(error.message)};
        case clr::CompileErrorKind::CodeMemoryFull:
        case clr::CompileErrorKind::FrameTooLarge:
            return refuse(error.message, 0);
        default:
            return internalError(function, "the back end", error.message);
    }
}

/// The loop that the code is for asks for it at its next iteration.
void wakeLoop(CodeRecord& record, int32_t header) {
    for (runtime::LoopCounter& counter : record.loopCounters) {
        if (counter.header == static_cast<uint32_t>(header)) {
            counter.left = 1;
        }
    }
}

/// What the record had in that place may be running still.
void put(CodeRecord& record, std::unique_ptr<CompiledCode> code) {
    const int32_t header = code->entryIndex;
    const bool isFull = code->tier == Tier::Full;
    std::unique_ptr<CompiledCode>& place = header != 0 ? record.loops[header] : isFull ? record.full : record.quick;
    if (place) {
        record.retired.push_back(std::move(place));
    }
    place = std::move(code);
    if (header != 0) {
        wakeLoop(record, header);
    } else if (isFull) {
        record.fullCompiles++;
        record.promoteAt = UINT64_MAX;
    }
    record.refusal = {};
    attach(record, engine().compiles());
}

void dumpAll(std::string_view function, const CompiledCode& code) {
    dump(function, "CIL", "cil", isDumped("cil") ? cilListing(code) : "");
    dump(function, "machine code", "asm", isDumped("asm") ? nativeListing(code) : "");
    dump(function, "exits", "exits", isDumped("exits") ? deopt::print(code.exits) : "");
    dump(function, "time", "timings", fmt::format("{:.3f} ms, {} code", code.milliseconds, tierName(code.tier)));
}

}  // namespace

Outcome install(CodeRecord& record, CodeUnderWay made) {
    const double start = threadMilliseconds();
    const std::string name = python::textOf(record.code->co_qualname);
    BackEndJob& job = *made.job;
    if (!job.result->ok()) {
        return failureOf(name, job.result->error());
    }
    auto native = job.compiler.place(**job.result);
    if (!native.ok()) {
        return failureOf(name, native.error());
    }
    CompiledCode& code = *made.code;
    code.native = std::move(*native);
    code.encoded = std::move(job.encoded);
    code.body = std::move(job.body);
    code.dropSpareMemory();
    code.backEndMilliseconds = job.milliseconds;
    code.milliseconds += job.milliseconds + threadMilliseconds() - start;
    dumpAll(name, code);
    statistics().count(code);
    put(record, std::move(made.code));
    return {};
}

std::string cilListing(const CompiledCode& code) {
    uint32_t line = 0;
    return cil::listing(code.body, code.encoded, [&](const cil::SourcePosition& position) {
        if (position.line == line) {
            return std::string();
        }
        line = position.line;
        return fmt::format("line {}", line);
    });
}

std::string nativeListing(const CompiledCode& code) {
    uint32_t line = 0;
    return clr::disassemble(*code.native, [&](uint32_t ilOffset) {
        std::vector<std::string> lines;
        auto position = code.encoded.positionAt(ilOffset);
        if (position && position->line != line) {
            line = position->line;
            lines.push_back(fmt::format("line {}", line));
        }
        return lines;
    });
}

}  // namespace pyjion::driver
