// SPDX-License-Identifier: MIT
#include "driver/install.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cil/print.h"
#include "clr/disassemble.h"
#include "driver/clock.h"
#include "driver/compile_job.h"
#include "driver/engine.h"
#include "driver/events.h"
#include "driver/options.h"
#include "driver/pool.h"
#include "driver/registry.h"
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
        record.fullCompiles += place->isOutdated && header != 0 ? 1 : 0;
        code->isSuccessor = place->isOutdated;
        code->isForCompiledCallers = place->isOutdated && place->isForCompiledCallers;
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

/// A report at the end of the program shows code that has ended by then, too: that of modules and of `exec`.
void keepForReport(CodeRecord& record) {
    if (options().observe && !record.isKept) {
        record.isKept = true;
        Py_INCREF(record.code);
    }
}

void dumpAll(const Dumps& dumps, const CompiledCode& code) {
    dumps.print("CIL", "cil", dumps.wants("cil") ? cilListing(code) : "");
    dumps.print("machine code", "asm", dumps.wants("asm") ? nativeListing(code) : "");
    dumps.print("exits", "exits", dumps.wants("exits") ? deopt::print(code.exits) : "");
    dumps.print("time", "timings", fmt::format("{:.3f} ms, {} code", code.milliseconds, tierName(code.tier)));
}

/// What the job has made becomes a part of the code.
void moveInto(CompiledCode& code, CompileJob& job) {
    code.exits = std::move(job.method.lowered.exits);
    code.exits.owner = &code;
    code.resumePoints = std::move(job.resumePoints);
    code.boundLocals = std::move(job.boundLocals);
    code.encoded = std::move(job.method.encoded);
    code.body = std::move(job.method.lowered.body);
    code.unconditionalExits = job.unconditionalExits;
    code.ilBlocks = job.ilBlocks;
    code.backEndMilliseconds = job.backEndMilliseconds;
    code.hir = std::move(job.keptText);
    code.dropSpareMemory();
}

/// The same for the body without a frame.
Outcome placeSelf(CodeRecord& record, CompiledCode& code, CompileJob& job) {
    CompiledMethod& method = *job.selfMethod;
    auto self = std::make_unique<SelfBody>();
    auto native = job.compiler.place(*method.generated, bindPool(method.lowered.pool, record, code, self->exits));
    if (!native.ok()) {
        return failureOf(job.dumps, native.error());
    }
    self->native = std::move(*native);
    self->exits = std::move(method.lowered.exits);
    self->exits.owner = &code;
    self->body = std::move(method.lowered.body);
    self->encoded = std::move(method.encoded);
    const auto& pool = method.lowered.pool;
    const auto ownBody = std::find(pool.begin(), pool.end(), lower::PoolRecipe{lower::PoolKind::SelfBody});
    if (ownBody != pool.end()) {
        auto isBound = self->native->setPoolValue(static_cast<uint32_t>(ownBody - pool.begin()),
                                                  reinterpret_cast<uint64_t>(self->native->entry()));
        if (!isBound.ok()) {
            return failureOf(job.dumps, {clr::CompileErrorKind::ExecutionRefused, isBound.error().message});
        }
    }
    for (const deopt::Exit& exit : self->exits.exits) {
        record.framelessSlots = std::max(record.framelessSlots, exit.stack.size());
    }
    // A call pushes an address, and the prologue the registers that it saves.
    constexpr size_t kMostPushed = 8 * sizeof(void*);
    const size_t bytes = self->native->description().frameBytes + kMostPushed;
    record.framelessBytes = std::max(record.framelessBytes, bytes);
    code.self = std::move(self);
    return {};
}

/// The machine code goes into executable memory, and all of `made` is in its code.
Outcome place(CodeRecord& record, CodeUnderWay& made) {
    const double start = threadMilliseconds();
    CompileJob& job = *made.job;
    if (!job.outcome.compiled()) {
        return std::move(job.outcome);
    }
    CompiledCode& code = *made.code;
    if (job.selfMethod) {
        if (Outcome outcome = placeSelf(record, code, job); !outcome.compiled()) {
            return outcome;
        }
    }
    CompiledMethod& method = job.method;
    auto native = job.compiler.place(*method.generated, bindPool(method.lowered.pool, record, code, code.exits));
    if (!native.ok()) {
        return failureOf(job.dumps, native.error());
    }
    code.native = std::move(*native);
    moveInto(code, job);
    code.milliseconds += job.milliseconds + threadMilliseconds() - start;
    return {};
}

/// The text of a position, when that is another one than the last.
class PositionTexts {
  public:
    explicit PositionTexts(Positions kind) : kind_(kind) {}

    std::string next(const cil::SourcePosition& position) {
        const bool isSame = kind_ == Positions::Lines ? position.line == last_.line
                                                      : !isFirst_ && position.bytecodeIndex == last_.bytecodeIndex;
        if (isSame) {
            return {};
        }
        isFirst_ = false;
        last_ = position;
        return kind_ == Positions::Lines ? fmt::format("line {}", position.line)
                                         : fmt::format("@{} line {}", position.bytecodeIndex, position.line);
    }

  private:
    const Positions kind_;
    cil::SourcePosition last_;
    bool isFirst_ = true;
};

}  // namespace

Outcome install(CodeRecord& record, CodeUnderWay made) {
    Outcome outcome = place(record, made);
    CompiledCode& code = *made.code;
    // What came to nothing has cost as much.
    code.milliseconds += outcome.compiled() ? 0 : made.job->milliseconds;
    statistics().compileMilliseconds += code.milliseconds;
    if (!outcome.compiled()) {
        return outcome;
    }
    dumpAll(made.job->dumps, code);
    statistics().count(code);
    noteCompiled(code);
    put(record, std::move(made.code));
    keepForReport(record);
    return {};
}

std::unique_ptr<CompiledCode> placeToShow(CodeRecord& record, CodeUnderWay made) {
    return place(record, made).compiled() ? std::move(made.code) : nullptr;
}

namespace {

constexpr const char* kSelfTitle = "; The body that recursive calls enter, without a frame:\n";

std::string cilOf(const cil::Body& body, const cil::Encoded& encoded, Positions positions) {
    PositionTexts texts(positions);
    return cil::listing(body, encoded, [&](const cil::SourcePosition& position) { return texts.next(position); });
}

std::string nativeOf(const clr::NativeCode& native, const cil::Encoded& encoded, Positions positions) {
    PositionTexts texts(positions);
    return clr::disassemble(native, [&](uint32_t ilOffset) {
        std::vector<std::string> lines;
        if (auto position = encoded.positionAt(ilOffset)) {
            if (std::string text = texts.next(*position); !text.empty()) {
                lines.push_back(std::move(text));
            }
        }
        return lines;
    });
}

}  // namespace

std::string cilListing(const CompiledCode& code, Positions positions) {
    const std::string listing = cilOf(code.body, code.encoded, positions);
    return code.self ? listing + kSelfTitle + cilOf(code.self->body, code.self->encoded, positions) : listing;
}

std::string nativeListing(const CompiledCode& code, Positions positions) {
    const std::string listing = nativeOf(*code.native, code.encoded, positions);
    return code.self ? listing + kSelfTitle + nativeOf(*code.self->native, code.self->encoded, positions) : listing;
}

}  // namespace pyjion::driver
