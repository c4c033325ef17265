// SPDX-License-Identifier: MIT
#include "driver/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <new>

#include "base/check.h"
#include "bytecode/print.h"
#include "cil/flow.h"
#include "cil/verify.h"
#include "driver/back_end_job.h"
#include "driver/clock.h"
#include "driver/engine.h"
#include "driver/facts.h"
#include "driver/install.h"
#include "driver/options.h"
#include "driver/policy.h"
#include "driver/pool.h"
#include "driver/roomy_stack.h"
#include "driver/statistics.h"
#include "driver/under_way.h"
#include "frontend/build.h"
#include "hir/generated/opcode.h"
#include "hir/print.h"
#include "hir/verify.h"
#include "lower/lower.h"
#include "passes/pass_scope.h"
#include "passes/pipeline.h"
#include "python/names.h"
#include "python/undisturbed.h"
#include "runtime/globals.h"

namespace pyjion::driver {

namespace {

/// The stages share what they know about the code.
class Compilation {
  public:
    explicit Compilation(const CompileRequest& request)
        : request_(request), record_(*request.record), name_(python::textOf(record_.code->co_qualname)) {}

    Outcome run();
    /// The HIR as it would be lowered now; empty when the code cannot be compiled.
    std::string text();

  private:
    Outcome decode();
    Outcome prepareRecord();
    PyObject* globals() const;
    bool namesAreGlobal() const;
    Outcome buildFunction();
    void findCallees();
    Outcome optimise();
    Outcome lowerFunction();
    void numberResumePoints();
    Outcome encode();
    /// RyuJIT's part, and the rest; or the beginning of it.
    Outcome complete();

    Outcome internalError(const std::string& stage, const std::string& report) const {
        return driver::internalError(name_, stage, report);
    }
    void dump(std::string_view what, std::string_view kind, const std::string& text) const {
        driver::dump(name_, what, kind, text);
    }
    static bool verifies() { return options().verify != 0; }
    bool optimisesBackEnd() const { return request_.tier == Tier::Full || request_.optimised || record_.quickIsHot; }

    const double start_ = threadMilliseconds();
    const CompileRequest& request_;
    CodeRecord& record_;
    std::string name_;
    bytecode::Code code_;
    bytecode::AssignedLocals assigned_;  // for quick code
    hir::Function function_;
    passes::PassContext context_;
    lower::Lowered lowered_;
    std::unique_ptr<CompiledCode> result_ = std::make_unique<CompiledCode>();
    std::shared_ptr<BackEndJob> job_;
};

Outcome Compilation::decode() {
    const bool quick = request_.tier != Tier::Full;
    auto decoded = bytecode::decode(record_.code, quick ? record_.moreResumePoints : std::vector<int32_t>());
    if (!decoded.ok()) {
        return refuse(decoded.error(), 0);
    }
    code_ = std::move(*decoded);
    dump("bytecode", "bytecode", isDumped("bytecode") ? bytecode::print(code_) : "");
    return {};
}

/// The name that an instruction is about (borrowed), null for those without one.
PyObject* nameIn(PyCodeObject* code, const bytecode::Instruction& instruction) {
    switch (bytecode::info(instruction.opcode).argument) {
        case bytecode::Argument::Name:
            return PyTuple_GET_ITEM(code->co_names, instruction.argument);
        case bytecode::Argument::ShiftedName:
            return PyTuple_GET_ITEM(code->co_names, instruction.argument >> 1);
        default:
            return nullptr;
    }
}

/// Sites and loop counters are shared by everything that is compiled of this code object.
Outcome Compilation::prepareRecord() {
    if (record_.bytecodes != 0) {
        return {};
    }
    std::vector<uint32_t> numbers = frontend::numberSites(code_);
    uint32_t count = 0;
    for (uint32_t number : numbers) {
        count += number != frontend::kNoSite;
    }
    // The record gets all of it or nothing: memory may be short.
    std::vector<runtime::Site> sites(count);
    std::vector<runtime::LoopCounter> loopCounters;
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code_.instructions[ordinal];
        if (numbers[ordinal] != frontend::kNoSite) {
            sites[numbers[ordinal]].name = nameIn(record_.code, instruction);
        }
    }
    for (const bytecode::Loop& loop : code_.loops) {
        int32_t header = code_.instructions[code_.blocks[loop.header].first].start;
        loopCounters.push_back(runtime::LoopCounter{firstLoopLimit(), &record_, static_cast<uint32_t>(header)});
    }
    record_.sites = std::move(sites);
    record_.loopCounters = std::move(loopCounters);
    record_.bytecodes = static_cast<uint32_t>(code_.instructions.size());
    return {};
}

PyObject* Compilation::globals() const {
    return request_.frame != nullptr ? python::globals(request_.frame) : request_.globals;
}

/// The body of a module, a statement at the prompt, and the like.
bool Compilation::namesAreGlobal() const {
    return request_.frame != nullptr && runtime::namesAreGlobal(request_.frame) != 0;
}

Outcome Compilation::buildFunction() {
    bool full = request_.tier == Tier::Full;
    frontend::Input input;
    input.code = &code_;
    input.name = name_;
    input.localCount = static_cast<uint32_t>(record_.code->co_nlocalsplus);
    input.stackSize = static_cast<uint32_t>(record_.code->co_stacksize);
    input.codeFlags = static_cast<uint32_t>(record_.code->co_flags);
    input.constantTypes = constantTypes(record_.code);
    input.entryIndex = request_.entryIndex;
    input.countLoops = !full && !optimisesBackEnd();
    input.resumePoints = !full;
    if (!full) {
        input.moreResumePoints = record_.moreResumePoints;
        assigned_ = bytecode::AssignedLocals(code_);
        input.assigned = &assigned_;
    }
    input.namesLocals = full;
    input.forcedExits = options().stress.forcesExits();
    if (full) {
        input.namesAreGlobal = namesAreGlobal();
        input.names = findNames(record_, code_, globals(), input.namesAreGlobal);
        input.seen = seenTypes(record_, code_);
        for (uint32_t site = 0; site < input.seen.size(); ++site) {
            if (input.seen[site].left.isBottom()) {
                result_->blindSites.push_back(site);
            }
        }
        if (request_.frame != nullptr) {
            input.entryTypes = localTypes(request_.frame);
            input.entryStackTypes = stackTypes(request_.frame);
        }
    }
    auto built = frontend::build(input);
    if (!built.ok()) {
        return refuse(built.error().reason, built.error().line);
    }
    function_ = std::move(*built);
    if (verifies()) {
        auto errors = hir::verify(function_, hir::Stage::AfterFrontend);
        if (!errors.empty()) {
            return internalError("the front end", hir::printErrors(function_, errors));
        }
    }
    result_->unconditionalExits = static_cast<uint32_t>(hir::countDeoptimise(function_));
    dump("HIR", "hir", isDumped("hir") ? hir::print(function_) : "");
    return {};
}

/// What the sites of calls entered last, each code object once.
void Compilation::findCallees() {
    std::map<const CodeRecord*, uint32_t> numbers;
    for (uint32_t site = 0; site < record_.sites.size(); ++site) {
        CodeRecord* callee = liveRecord(record_.sites[site].callee);
        if (callee == nullptr || callee->directArguments < 0) {
            continue;
        }
        auto [known, isNew] = numbers.try_emplace(callee, static_cast<uint32_t>(numbers.size()));
        if (isNew) {
            result_->callees.push_back(std::make_unique<Callee>(*callee));
        }
        context_.facts.callees[site] = {known->second, callee->argumentCount};
    }
}

Outcome Compilation::optimise() {
    if (request_.tier != Tier::Full || options().stress.noPasses) {
        return {};
    }
    // inspect.CO_VARARGS and CO_VARKEYWORDS: one more local each is bound at entry.
    const int flags = record_.code->co_flags;
    const int collected = ((flags & 0x4) != 0) + ((flags & 0x8) != 0);
    context_.facts.argumentCount =
        static_cast<uint32_t>(record_.code->co_argcount + record_.code->co_kwonlyargcount + collected);
    context_.facts.constants = constantFacts(record_.code);
    PyObject* builtins = request_.frame != nullptr ? python::builtins(request_.frame) : request_.builtins;
    findGlobals(record_, code_, globals(), builtins, namesAreGlobal(), context_.facts, *result_);
    findCallees();
    context_.verify = verifies();
    if (options().fuel != UINT64_MAX) {
        context_.fuel = passes::Fuel(options().fuel);
    }
    context_.disabled = disabledPasses();
    if (isDumped("passes")) {
        context_.dump = [this](std::string_view pass, const hir::Function& function) {
            dump(fmt::format("HIR after {}", pass), "passes", hir::print(function));
        };
    }
    std::string broken;
    context_.onBroken = [&broken](std::string_view pass, const std::string& report) {
        if (broken.empty()) {
            broken = fmt::format("{}: {}", pass, report);
        }
    };
    passes::runPasses(passes::kPipeline, function_, context_);
    if (!broken.empty()) {
        return internalError("the passes", broken);
    }
    dump("optimised HIR", "hir", isDumped("hir") ? hir::print(function_) : "");
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

}  // namespace

Outcome Compilation::lowerFunction() {
    if (verifies()) {
        auto errors = hir::verify(function_, hir::Stage::Lowerable);
        if (!errors.empty()) {
            return internalError("the passes", hir::printErrors(function_, errors));
        }
    }
    lower::Input input;
    input.function = &function_;
    input.bounds.resize(static_cast<size_t>(Py_SIZE(record_.code)));
    for (size_t unit = 0; unit < input.bounds.size(); ++unit) {
        input.bounds[unit].handler = code_.handlerFor(static_cast<int32_t>(unit));
    }
    for (const bytecode::Instruction& instruction : code_.instructions) {
        lower::InstructionBounds& bounds = input.bounds[static_cast<size_t>(instruction.index)];
        bounds.start = static_cast<uint32_t>(instruction.start);
        bounds.next = static_cast<uint32_t>(instruction.next);
        bounds.line = static_cast<uint32_t>(std::max(instruction.line, 0));
        bounds.jump = jumpOf(instruction);
        bounds.jumpsBack = jumpsBack(instruction);
        bounds.target = static_cast<uint32_t>(std::max(instruction.target, 0));
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(record_.code->co_names); ++i) {
        input.names.push_back(python::textOf(PyTuple_GET_ITEM(record_.code->co_names, i)));
    }
    for (const std::unique_ptr<Callee>& callee : result_->callees) {
        PyCodeObject* code = callee->record->code;
        input.callees.push_back({callee->record->frameWords, static_cast<uint32_t>(code->co_nlocalsplus),
                                 static_cast<uint32_t>(code->_co_firsttraceable)});
    }
    input.quick = request_.tier == Tier::Quick;
    input.replay = options().verify >= kReplays && !input.quick;
    input.spillAll = options().stress.spillAll;
    const Stress& stress = options().stress;
    input.forcedExitEvery = stress.exitAfter != 0 ? stress.exitAfter : stress.exitEvery;
    input.forcedExitsBehind = stress.exitAfter != 0;
    auto lowered = lower::lower(input);
    if (!lowered.ok()) {
        return refuse(lowered.error(), 0);
    }
    lowered_ = std::move(*lowered);
    constexpr size_t kMostLocals = 65534;  // ECMA-335 III.3.43
    if (lowered_.body.locals.size() > kMostLocals) {
        return refuse("it needs more local variables than CIL has", 0);
    }
    if (verifies()) {
        auto errors = cil::verify(lowered_.body);
        if (!errors.empty()) {
            return internalError("the lowering",
                                 fmt::format("instruction {}: {}", errors.front().instruction, errors.front().message));
        }
    }
    return {};
}

/// And which locals must be bound at each, see CodeEntry.
void Compilation::numberResumePoints() {
    const std::vector<uint32_t>& points = function_.resumePoints;
    if (points.empty()) {
        return;
    }
    result_->resumePoints.resize(static_cast<size_t>(Py_SIZE(record_.code)));
    std::vector<uint32_t>& bound = result_->boundLocals;
    bound.resize(points.size() + 1);
    for (size_t i = 0; i < points.size(); ++i) {
        result_->resumePoints[points[i]] = static_cast<uint16_t>(i + 1);
        bound[i] = static_cast<uint32_t>(bound.size());
        const std::vector<uint32_t> needed = assigned_.neededAt(code_.at(static_cast<int32_t>(points[i]))->block);
        bound.insert(bound.end(), needed.begin(), needed.end());
    }
    bound[points.size()] = static_cast<uint32_t>(bound.size());
    bound.shrink_to_fit();
}

Outcome Compilation::encode() {
    auto encoded = cil::encode(lowered_.body);
    if (!encoded.ok()) {
        return internalError("the encoder", encoded.error());
    }
    result_->record = &record_;
    result_->tier = request_.tier;
    result_->entryIndex = request_.entryIndex;
    numberResumePoints();
    result_->exits = std::move(lowered_.exits);
    result_->exits.owner = result_.get();
    PYJION_CHECK(result_->exits.bufferWords <= kExitBufferWords, "an exit of {} needs {} words", name_,
                 result_->exits.bufferWords);
    result_->ilBlocks = cil::countBlocks(lowered_.body);
    job_ = std::make_shared<BackEndJob>(engine().compiler());
    job_->pool = bindPool(lowered_.pool, record_, *result_);
    job_->options.optimise = optimisesBackEnd();
    job_->body = std::move(lowered_.body);
    job_->encoded = std::move(*encoded);
    return {};
}

Outcome Compilation::complete() {
    result_->milliseconds = threadMilliseconds() - start_;
    auto made = std::make_unique<CodeUnderWay>(
        CodeUnderWay{request_.purpose, std::move(result_), std::move(job_), record_.forgottenGuesses});
    const bool mayWait = request_.purpose != Purpose::First && request_.purpose != Purpose::Other;
    if (mayWait && compilesInBackground() && beginInBackground(record_, made)) {
        return {Outcome::Kind::Begun, {}};
    }
    made->job->run();
    return install(record_, std::move(*made));
}

Outcome Compilation::run() {
    using Stage = Outcome (Compilation::*)();
    constexpr Stage kStages[] = {
        &Compilation::decode,        &Compilation::prepareRecord, &Compilation::buildFunction, &Compilation::optimise,
        &Compilation::lowerFunction, &Compilation::encode,        &Compilation::complete,
    };
    for (Stage stage : kStages) {
        if (Outcome outcome = (this->*stage)(); !outcome.compiled()) {
            return outcome;
        }
    }
    return {};
}

std::string Compilation::text() {
    return decode().compiled() && buildFunction().compiled() && optimise().compiled() ? hir::print(function_) : "";
}

}  // namespace

std::string hirListing(const CompileRequest& request) {
    const python::Undisturbed undisturbed(options().verify);
    return Compilation(request).text();
}

Outcome compileCode(const CompileRequest& request) {
    if (engine().executionRefused() != nullptr) {
        Outcome outcome{Outcome::Kind::ExecutionRefused, Refusal(engine().executionRefused())};
        settle(*request.record, request.purpose, request.entryIndex, outcome);
        return outcome;
    }
    const python::Undisturbed undisturbed(options().verify);
    Outcome outcome = {Outcome::Kind::NoMemory, Refusal("there was no memory for compiling it")};
    const bool hasRun = onRoomyStack([&] {
        const PauseWatch watch;
        try {
            outcome = Compilation(request).run();
        } catch (const std::bad_alloc&) {
            // What was begun is gone; the record has the code that it had.
        }
    });
    if (!hasRun) {
        outcome.refusal = Refusal("too little C stack is left to compile it here");
    }
    if (const char* disturbance = undisturbed.disturbance()) {
        statistics().internalErrors++;
        std::fprintf(stderr, "pyjion: internal error: %s while compiling\n", disturbance);
    }
    settle(*request.record, request.purpose, request.entryIndex, outcome);
    return outcome;
}

}  // namespace pyjion::driver
