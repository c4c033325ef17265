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
#include "hir/generated/opcode.h"
#include "hir/print.h"
#include "hir/verify.h"
#include "passes/pass_scope.h"
#include "passes/pipeline.h"
#include "passes/self_calls.h"

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
            makeInlinee(work, std::move(work.facts));
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

/// For another function, as the passes of this one run.
passes::PassContext CompileJob::contextOf(passes::CodeFacts facts) const {
    passes::PassContext own;
    own.facts = std::move(facts);
    own.disabled = context.disabled;
    own.verify = verify;
    own.onBroken = context.onBroken;
    return own;
}

/// With the caller's objects and constants, and the bodies of its own callees.
void CompileJob::makeInlinee(InlineeWork& work, passes::CodeFacts facts, std::optional<uint32_t> ownNumber) {
    work.building.code = &work.code;
    auto built = frontend::build(work.building);
    if (!built.ok()) {
        return;
    }
    passes::PassContext own = contextOf(std::move(facts));
    const uint32_t units = own.facts.unitCount;
    swapShared(own.facts, context.facts);
    const std::optional<std::string> obstacle = passes::makeInlinee(*built, work.numbering, own, ownNumber);
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

namespace {

/// Code units in all with which one level of recursion is part of the body.
constexpr size_t kMostWithLevels = 250;

bool isSmallRecursion(const bytecode::Code& code) {
    const auto calls = std::count_if(code.instructions.begin(), code.instructions.end(), [](const auto& instruction) {
        return instruction.opcode == bytecode::Opcode::CALL;
    });
    return code.ordinals.size() * static_cast<size_t>(calls + 1) <= kMostWithLevels;
}

}  // namespace

/// Of a function that calls itself. What it returns is tried: ints are worth most.
void CompileJob::makeSelfBody() {
    if (!self || passes::isDisabled(context, passes::PassId::call_self)) {
        return;
    }
    std::optional<std::string> obstacle = makeSelfBody(true);
    if (obstacle) {
        obstacle = makeSelfBody(false);
    }
    if (dumps.wants("passes")) {
        dumps.print("frameless body", "passes", obstacle ? *obstacle : hir::print(*selfFunction_));
    }
    if (obstacle) {
        selfFunction_.reset();
        context.facts.self.reset();
    }
}

std::optional<std::string> CompileJob::makeSelfBody(bool returnsNumber) {
    self->building.code = &self->code;
    auto built = frontend::build(self->building);
    if (!built.ok()) {
        return built.error().reason;
    }
    for (auto* table : {&self->facts.callees, &self->facts.functions}) {
        for (auto& [site, fact] : *table) {
            if (fact.callee == self->callee) {
                fact.returnsInt = returnsNumber;
            }
        }
    }
    if (isSmallRecursion(self->code) && !passes::isDisabled(context, passes::PassId::inline_calls)) {
        makeInlinee(*self, self->facts, self->callee);
    }
    passes::PassContext own = contextOf(self->facts);
    passes::SelfFact fact;
    fact.callee = self->callee;
    swapShared(own.facts, context.facts);
    const std::optional<std::string> obstacle = passes::makeSelfBody(*built, returnsNumber, fact, own);
    swapShared(own.facts, context.facts);
    context.facts.inlinees.erase(self->callee);  // it fits nowhere else
    selfFunction_ = std::move(*built);
    context.facts.self = std::move(fact);
    return obstacle;
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
    makeSelfBody();
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

void CompileJob::addInlinedBounds(const hir::Function& function, std::vector<lower::InstructionBounds>& bounds) const {
    for (const hir::InlinedCall& call : function.inlined) {
        const auto work = std::find_if(inlinees.begin(), inlinees.end(),
                                       [&](const InlineeWork& other) { return other.callee == call.callee; });
        const std::vector<lower::InstructionBounds> own = boundsOf(work != inlinees.end() ? work->code : code);
        bounds.resize(std::max<size_t>(bounds.size(), call.firstUnit + call.unitCount));
        std::copy(own.begin(), own.end(), bounds.begin() + call.firstUnit);
    }
}

Outcome CompileJob::lower(const hir::Function& function, const lower::Input& input, CompiledMethod& made) const {
    if (verify) {
        auto errors = hir::verify(function, hir::Stage::Lowerable);
        if (!errors.empty()) {
            return broken("the passes", hir::printErrors(function, errors));
        }
    }
    auto lowered = lower::lower(input);
    if (!lowered.ok()) {
        return refuse(lowered.error(), 0);
    }
    made.lowered = std::move(*lowered);
    const cil::Body& body = made.lowered.body;
    constexpr size_t kMostLocals = 65534;  // ECMA-335 III.3.43
    if (body.locals.size() > kMostLocals) {
        return refuse("it needs more local variables than CIL has", 0);
    }
    if (verify) {
        auto errors = cil::verify(body);
        if (!errors.empty()) {
            return broken("the lowering",
                          fmt::format("instruction {}: {}", errors.front().instruction, errors.front().message));
        }
    }
    PYJION_CHECK(made.lowered.exits.bufferWords <= kExitBufferWords, "an exit of {} needs {} words", dumps.function,
                 made.lowered.exits.bufferWords);
    return {};
}

namespace {

bool entersSelf(const hir::Instr& instr) {
    return instr.block.valid() && (instr.opcode == hir::Opcode::CallSelf || instr.opcode == hir::Opcode::CallSelfInt);
}

}  // namespace

Outcome CompileJob::lowerFunction() {
    if (keepsText) {
        keptText = hir::print(function_, {.snapshots = false});
    }
    lowering.function = &function_;
    lowering.bounds = boundsOf(code);
    addInlinedBounds(function_, lowering.bounds);
    if (context.facts.self) {
        const passes::SelfFact& fact = *context.facts.self;
        lowering.self = lower::SelfBody{fact.callee, fact.passesNumbers, fact.returnsNumber, passes::kSelfLevels};
    }
    if (Outcome outcome = lower(function_, lowering, method); !outcome.compiled()) {
        return outcome;
    }
    ilBlocks = cil::countBlocks(method.lowered.body);
    numberResumePoints();
    return lowerSelfBody();
}

Outcome CompileJob::lowerSelfBody() {
    const bool isEntered = selfFunction_ && std::any_of(function_.instrs.begin(), function_.instrs.end(), entersSelf);
    if (!isEntered) {
        return {};
    }
    lower::Input input = lowering;
    input.function = &*selfFunction_;
    input.isFrameless = true;
    input.bounds = boundsOf(code);
    input.bounds.emplace_back();  // of whoever calls
    addInlinedBounds(*selfFunction_, input.bounds);
    if (keepsText) {
        keptText += hir::print(*selfFunction_, {.snapshots = false});
    }
    return lower(*selfFunction_, input, selfMethod.emplace());
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
    Outcome outcome = encode(method);
    return outcome.compiled() && selfMethod ? encode(*selfMethod) : std::move(outcome);
}

Outcome CompileJob::encode(CompiledMethod& made) const {
    auto encoded = cil::encode(made.lowered.body);
    if (!encoded.ok()) {
        return broken("the encoder", encoded.error());
    }
    made.encoded = std::move(*encoded);
    if (made.encoded.il.size() > mostCil) {
        return refuse(
            fmt::format("its optimised code is too large to pay for itself: {} bytes of CIL, where {} are the most",
                        made.encoded.il.size(), mostCil),
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
    selfFunction_.reset();
    self.reset();
    building = {};
    lowering = {};
    inlinees = {};
    context.facts = {};
    std::vector<cil::Instruction>().swap(method.lowered.body.code);
    if (method.encoded.il.size() >= kWorthTrimming && residentBytes() < kMostResident) {
        malloc_trim(0);
    }
}

Outcome CompileJob::generate() {
    dropWhatIsEncoded();
    Outcome outcome = generate(method);
    return outcome.compiled() && selfMethod ? generate(*selfMethod) : std::move(outcome);
}

Outcome CompileJob::generate(CompiledMethod& made) {
    const double start = threadMilliseconds();
    auto generated = compiler.generate(made.lowered.body, made.encoded, options);
    backEndMilliseconds += threadMilliseconds() - start;
    if (!generated.ok()) {
        return failureOf(dumps, generated.error());
    }
    made.generated = std::move(*generated);
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
