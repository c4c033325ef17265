// SPDX-License-Identifier: MIT
#include "driver/install.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "cil/print.h"
#include "clr/disassemble.h"
#include "driver/clock.h"
#include "driver/compile_job.h"
#include "driver/engine.h"
#include "driver/pool.h"
#include "driver/statistics.h"

namespace pyjion::driver {

namespace {

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
        place->countedFrom = record.entries();
    }
    record.refusal = {};
    attach(record, engine().compiles());
}

void dumpAll(const Dumps& dumps, const CompiledCode& code) {
    dumps.print("CIL", "cil", dumps.wants("cil") ? cilListing(code) : "");
    dumps.print("machine code", "asm", dumps.wants("asm") ? nativeListing(code) : "");
    dumps.print("exits", "exits", dumps.wants("exits") ? deopt::print(code.exits) : "");
    dumps.print("time", "timings", fmt::format("{:.3f} ms, {} code", code.milliseconds, tierName(code.tier)));
}

/// What the job has made becomes a part of the code.
void moveInto(CompiledCode& code, CompileJob& job) {
    code.exits = std::move(job.lowered.exits);
    code.exits.owner = &code;
    code.resumePoints = std::move(job.resumePoints);
    code.boundLocals = std::move(job.boundLocals);
    code.encoded = std::move(job.encoded);
    code.body = std::move(job.lowered.body);
    code.unconditionalExits = job.unconditionalExits;
    code.ilBlocks = job.ilBlocks;
    code.backEndMilliseconds = job.backEndMilliseconds;
    code.dropSpareMemory();
}

}  // namespace

Outcome install(CodeRecord& record, CodeUnderWay made) {
    const double start = threadMilliseconds();
    CompileJob& job = *made.job;
    if (!job.outcome.compiled()) {
        return std::move(job.outcome);
    }
    CompiledCode& code = *made.code;
    auto native = job.compiler.place(*job.generated, bindPool(job.lowered.pool, record, code));
    if (!native.ok()) {
        return failureOf(job.dumps, native.error());
    }
    code.native = std::move(*native);
    moveInto(code, job);
    code.milliseconds += job.milliseconds + threadMilliseconds() - start;
    dumpAll(job.dumps, code);
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
