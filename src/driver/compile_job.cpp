// SPDX-License-Identifier: MIT
#include "driver/compile_job.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <new>

#include "base/check.h"
#include "cil/flow.h"
#include "cil/verify.h"
#include "driver/clock.h"
#include "driver/pool.h"
#include "driver/resident.h"
#include "hir/print.h"
#include "hir/verify.h"
#include "passes/pass_scope.h"
#include "passes/pipeline.h"

namespace pyjion::driver {

Outcome CompileJob::buildFunction() {
    building.code = &code;
    building.assigned = building.resumePoints ? &assigned : nullptr;
    auto built = frontend::build(building);
    if (!built.ok()) {
        return refuse(built.error().reason, built.error().line);
    }
    function_ = std::move(*built);
    if (verify) {
        auto errors = hir::verify(function_, hir::Stage::AfterFrontend);
        if (!errors.empty()) {
            return broken("the front end", hir::printErrors(function_, errors));
        }
    }
    unconditionalExits = static_cast<uint32_t>(hir::countDeoptimise(function_));
    dumps.print("HIR", "hir", dumps.wants("hir") ? hir::print(function_) : "");
    return {};
}

void CompileJob::prepareInlinees() {
    if (!passes::isDisabled(context, passes::PassId::inline_calls)) {
        for (InlineeWork& work : inlinees) {
            makeInlinee(work);
        }
    }
}

namespace {

/// What is numbered together, for all code that is compiled together. It moves to where it is needed, as it may be
/// much.
void swapShared(passes::CodeFacts& a, passes::CodeFacts& b) {
    std::swap(a.objects, b.objects);
    std::swap(a.constants, b.constants);
    std::swap(a.builtins, b.builtins);
    std::swap(a.inlinees, b.inlinees);
}

}  // namespace

/// With the caller's objects and constants, and the bodies of its own callees.
void CompileJob::makeInlinee(InlineeWork& work) {
    work.building.code = &work.code;
    auto built = frontend::build(work.building);
    if (!built.ok()) {
        return;
    }
    passes::PassContext own;
    own.facts = std::move(work.facts);
    const uint32_t units = own.facts.unitCount;
    own.disabled = context.disabled;
    own.verify = verify;
    own.onBroken = context.onBroken;
    swapShared(own.facts, context.facts);
    const std::optional<std::string> obstacle = passes::makeInlinee(*built, work.numbering, own);
    swapShared(own.facts, context.facts);
    if (dumps.wants("passes")) {
        dumps.print("inlinee", "passes", obstacle ? work.building.name + ": " + *obstacle : hir::print(*built));
    }
    if (obstacle) {
        return;
    }
    passes::InlineeFact fact;
    fact.localCount = work.building.localCount;
    fact.unitCount = units;
    fact.ownUnitCount = units;
    for (const hir::InlinedCall& call : built->inlined) {
        fact.unitCount = std::max(fact.unitCount, call.firstUnit + call.unitCount);
    }
    fact.readsNames = passes::readsNames(*built);
    fact.returnsNone = passes::returnsNone(*built);
    fact.body = std::make_shared<const hir::Function>(std::move(*built));
    context.facts.inlinees.emplace(work.callee, std::move(fact));
}

Outcome CompileJob::optimise() {
    if (!runsPasses) {
        return {};
    }
    context.verify = verify;
    if (dumps.wants("passes")) {
        context.dump = [this](std::string_view pass, const hir::Function& function) {
            dumps.print(fmt::format("HIR after {}", pass), "passes", hir::print(function));
        };
    }
    std::string problem;
    context.onBroken = [&problem](std::string_view pass, const std::string& report) {
        if (problem.empty()) {
            problem = fmt::format("{}: {}", pass, report);
        }
    };
    prepareInlinees();
    passes::runPasses(passes::kPipeline, function_, context);
    if (!problem.empty()) {
        return broken("the passes", problem);
    }
    dumps.print("optimised HIR", "hir", dumps.wants("hir") ? hir::print(function_) : "");
    return {};
}

namespace {

/// With a look at the eval breaker.
bool jumpsBack(const bytecode::Instruction& instruction) {
    return bytecode::info(instruction.opcode).jump == bytecode::Jump::Backward &&
           instruction.opcode != bytecode::Opcode::JUMP_BACKWARD_NO_INTERRUPT;
}

/// Where a conditional jump leads, by what its instruction decides.
std::optional<deopt::Jump> jumpOf(const bytecode::Instruction& instruction) {
    using bytecode::Opcode;
    const auto next = static_cast<uint32_t>(instruction.next);
    const auto target = static_cast<uint32_t>(instruction.target);
    switch (instruction.opcode) {
        case Opcode::POP_JUMP_FORWARD_IF_TRUE:
        case Opcode::POP_JUMP_BACKWARD_IF_TRUE:
        case Opcode::POP_JUMP_FORWARD_IF_NONE:
        case Opcode::POP_JUMP_BACKWARD_IF_NONE:
            return deopt::Jump{target, next};
        case Opcode::POP_JUMP_FORWARD_IF_FALSE:
        case Opcode::POP_JUMP_BACKWARD_IF_FALSE:
        case Opcode::POP_JUMP_FORWARD_IF_NOT_NONE:
        case Opcode::POP_JUMP_BACKWARD_IF_NOT_NONE:
            return deopt::Jump{next, target};
        case Opcode::JUMP_IF_TRUE_OR_POP:
            return deopt::Jump{.whenTrue = target, .whenFalse = next, .dropsWhenFalse = true};
        case Opcode::JUMP_IF_FALSE_OR_POP:
            return deopt::Jump{.whenTrue = next, .whenFalse = target, .dropsWhenTrue = true};
        case Opcode::FOR_ITER:
            return deopt::Jump{.whenTrue = next, .whenFalse = target, .dropsWhenFalse = true};
        default:
            return std::nullopt;
    }
}

/// By code unit.
std::vector<lower::InstructionBounds> boundsOf(const bytecode::Code& code) {
    std::vector<lower::InstructionBounds> all(code.ordinals.size());
    for (size_t unit = 0; unit < all.size(); ++unit) {
        all[unit].handler = code.handlerFor(static_cast<int32_t>(unit));
    }
    for (const bytecode::Instruction& instruction : code.instructions) {
        lower::InstructionBounds& bounds = all[static_cast<size_t>(instruction.index)];
        bounds.start = static_cast<uint32_t>(instruction.start);
        bounds.next = static_cast<uint32_t>(instruction.next);
        bounds.line = static_cast<uint32_t>(std::max(instruction.line, 0));
        bounds.jump = jumpOf(instruction);
        bounds.jumpsBack = jumpsBack(instruction);
        bounds.target = static_cast<uint32_t>(std::max(instruction.target, 0));
    }
    return all;
}

}  // namespace

void CompileJob::addInlinedBounds() {
    for (const hir::InlinedCall& call : function_.inlined) {
        const auto work = std::find_if(inlinees.begin(), inlinees.end(),
                                       [&](const InlineeWork& other) { return other.callee == call.callee; });
        const std::vector<lower::InstructionBounds> own = boundsOf(work->code);
        lowering.bounds.resize(std::max<size_t>(lowering.bounds.size(), call.firstUnit + call.unitCount));
        std::copy(own.begin(), own.end(), lowering.bounds.begin() + call.firstUnit);
    }
}

Outcome CompileJob::lowerFunction() {
    if (verify) {
        auto errors = hir::verify(function_, hir::Stage::Lowerable);
        if (!errors.empty()) {
            return broken("the passes", hir::printErrors(function_, errors));
        }
    }
    if (keepsText) {
        keptText = hir::print(function_, {.snapshots = false});
    }
    lowering.function = &function_;
    lowering.bounds = boundsOf(code);
    addInlinedBounds();
    auto made = lower::lower(lowering);
    if (!made.ok()) {
        return refuse(made.error(), 0);
    }
    lowered = std::move(*made);
    constexpr size_t kMostLocals = 65534;  // ECMA-335 III.3.43
    if (lowered.body.locals.size() > kMostLocals) {
        return refuse("it needs more local variables than CIL has", 0);
    }
    if (verify) {
        auto errors = cil::verify(lowered.body);
        if (!errors.empty()) {
            return broken("the lowering",
                          fmt::format("instruction {}: {}", errors.front().instruction, errors.front().message));
        }
    }
    PYJION_CHECK(lowered.exits.bufferWords <= kExitBufferWords, "an exit of {} needs {} words", dumps.function,
                 lowered.exits.bufferWords);
    ilBlocks = cil::countBlocks(lowered.body);
    numberResumePoints();
    return {};
}

/// And which locals must be bound at each, see CodeEntry.
void CompileJob::numberResumePoints() {
    const std::vector<uint32_t>& points = function_.resumePoints;
    if (points.empty()) {
        return;
    }
    resumePoints.resize(code.ordinals.size());
    boundLocals.resize(points.size() + 1);
    for (size_t i = 0; i < points.size(); ++i) {
        resumePoints[points[i]] = static_cast<uint16_t>(i + 1);
        boundLocals[i] = static_cast<uint32_t>(boundLocals.size());
        const std::vector<uint32_t> needed = assigned.neededAt(code.at(static_cast<int32_t>(points[i]))->block);
        boundLocals.insert(boundLocals.end(), needed.begin(), needed.end());
    }
    boundLocals[points.size()] = static_cast<uint32_t>(boundLocals.size());
    boundLocals.shrink_to_fit();
}

Outcome CompileJob::encode() {
    auto made = cil::encode(lowered.body);
    if (!made.ok()) {
        return broken("the encoder", made.error());
    }
    encoded = std::move(*made);
    if (encoded.il.size() > mostCil) {
        return refuse(
            fmt::format("its optimised code is too large to pay for itself: {} bytes of CIL, where {} are the most",
                        encoded.il.size(), mostCil),
            0);
    }
    return {};
}

/// RyuJIT needs most memory of all stages; by then nobody needs what the others worked on. What they used stays in the
/// C heap of this thread, from where only trimming gives it back. In a large process that would be a long walk for
/// little.
void CompileJob::dropWhatIsEncoded() {
    constexpr size_t kWorthTrimming = 24 * 1024;
    constexpr size_t kMostResident = 96 * 1024 * 1024;
    function_ = hir::Function();
    building = {};
    lowering = {};
    inlinees = {};
    context.facts = {};
    std::vector<cil::Instruction>().swap(lowered.body.code);
    if (encoded.il.size() >= kWorthTrimming && residentBytes() < kMostResident) {
        malloc_trim(0);
    }
}

Outcome CompileJob::generate() {
    dropWhatIsEncoded();
    const double start = threadMilliseconds();
    auto made = compiler.generate(lowered.body, encoded, options);
    backEndMilliseconds = threadMilliseconds() - start;
    if (!made.ok()) {
        return failureOf(dumps, made.error());
    }
    generated = std::move(*made);
    return {};
}

Outcome CompileJob::runStages() {
    using Stage = Outcome (CompileJob::*)();
    constexpr Stage kStages[] = {
        &CompileJob::buildFunction, &CompileJob::optimise, &CompileJob::lowerFunction,
        &CompileJob::encode,        &CompileJob::generate,
    };
    for (Stage stage : kStages) {
        if (isLost()) {
            return {Outcome::Kind::OutOfDate, {}};
        }
        if (Outcome result = (this->*stage)(); !result.compiled()) {
            return result;
        }
    }
    return {};
}

void CompileJob::run() noexcept {
    const double start = threadMilliseconds();
    try {
        outcome = runStages();
    } catch (const std::bad_alloc&) {
        outcome = noMemory();
    }
    milliseconds = threadMilliseconds() - start;
}

std::string CompileJob::text() {
    return buildFunction().compiled() && optimise().compiled() ? hir::print(function_) : "";
}

}  // namespace pyjion::driver
